#!/bin/bash
# Lasthop on an aarch64 machine: Debian's, of its packages, started by qemu. There aarch64-guest.sh plays the demo and the other acceptance
# scripts.
#   acceptance/aarch64.sh all [demos | SCRIPT[:CASE]]     takes minutes (an emulated processor is 20 to 40 times slower): not by default
# Kernel and programs are downloaded into build/aarch64, once.
here=$(cd "$(dirname "$0")" && pwd) && top=$(dirname "$here")
skip() { echo "$1"; exit 77; }
[ "${1:-}" = all ] || skip "an emulated aarch64 machine takes minutes: acceptance/aarch64.sh all"
for program in qemu-system-aarch64:qemu-system-arm busybox:busybox-static; do
    command -v "${program%:*}" >/dev/null || skip "${program%:*} is not installed: apt-get install --no-install-recommends ${program#*:}"
done
"$top/lasthop" --version >/dev/null || exit 1
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
. "$here/machine.sh"

# Debian's packages for arm64 are unpacked, not installed. A JDK 25 has only the release that is yet to come (sid).
files=$top/build/aarch64
packages="openjdk-25-jre-headless bash coreutils sed grep gawk findutils diffutils util-linux mount procps jq
    iproute2 nftables iptables iputils-ping netcat-openbsd conntrack tcpdump"
download() {
    local new=$files.new apt=$work/apt package kernel
    rm -rf "$new" && mkdir -p "$new/root" "$new/kernel" "$apt"/{state/lists/partial,cache/archives/partial,etc,kernel}
    : >"$apt/status"
    for release in sid bookworm; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $release main"
    done >"$apt/etc/sources.list"
    printf '%s;\n' 'APT::Architecture "arm64"' 'APT::Architectures { "arm64"; }' "Dir::State \"$apt/state\"" "Dir::State::status \"$apt/status\"" \
        "Dir::Cache \"$apt/cache\"" "Dir::Etc \"$apt/etc\"" 'Dir::Etc::sourceparts "-"' 'APT::Install-Recommends "false"' \
        'Acquire::Languages "none"' 'Acquire::Check-Valid-Until "false"' 'APT::Sandbox::User "root"' >"$apt/conf"
    export APT_CONFIG=$apt/conf
    apt-get -q update || return
    kernel=$(apt-cache search --names-only '^linux-image-6\.1\..*-arm64$' | cut -d' ' -f1 | grep -v -e cloud -e rt -e unsigned | sort -V | tail -n 1)
    [ -n "$kernel" ] && (cd "$apt/kernel" && apt-get -q download "$kernel") && dpkg -x "$apt/kernel/$kernel"_*.deb "$new/kernel" || return
    apt-get -q -y --download-only install $packages || return
    for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$new/root" || return; done
    # a static busybox starts the machine, and is of the kernel's release
    (cd "$apt/kernel" && apt-get -q download busybox-static/bookworm) && dpkg -x "$apt/kernel"/busybox-static_*.deb "$new/busybox" || return
    for folder in bin sbin lib lib64; do [ -e "$new/root/$folder" ] || ln -s "usr/$folder" "$new/root/$folder"; done
    ln -sf bash "$new/root/usr/bin/sh" && ln -sf gawk "$new/root/usr/bin/awk" && ln -sf nc.openbsd "$new/root/usr/bin/nc"
    mkdir -p "$new/root"/{proc,sys,dev,run,tmp,sources}
    rm -rf "$files" && mv "$new" "$files"
}
if [ ! -e "$files" ]; then
    command -v apt-get >/dev/null || skip "there is no Debian to take an aarch64 machine from"
    (download) >"$work/log" 2>&1 || skip "Debian's packages for arm64 cannot be downloaded: $(tail -n 1 "$work/log")"
fi
vmlinuz=$(ls "$files"/kernel/boot/vmlinuz-* | head -n 1)
version=${vmlinuz##*/vmlinuz-}
modules=$files/kernel/lib/modules/$version
[ -e "$modules/modules.dep" ] || busybox depmod -b "$files/kernel" "$version"
initramfs "$files/busybox/bin/busybox" "$modules" "$work/initrd"

timeout -k 10 "${LASTHOP_GUEST_SECONDS:-3600}" nice qemu-system-aarch64 -M virt -cpu cortex-a72 -m 1536 -smp 2 -nodefaults -nographic -no-reboot \
    -serial stdio -kernel "$vmlinuz" -initrd "$work/initrd" \
    -append "console=ttyAMA0 quiet panic=-1 sources=yes modules=/sources/build/aarch64/kernel/lib/modules guest=/sources/acceptance/aarch64-guest.sh only=${2:-all}" \
    -fsdev local,id=root,path="$files/root",security_model=none,readonly=on,multidevs=remap -device virtio-9p-pci,fsdev=root,mount_tag=root \
    -fsdev local,id=sources,path="$top",security_model=none,readonly=on,multidevs=remap -device virtio-9p-pci,fsdev=sources,mount_tag=sources \
    </dev/null 2>&1 | judged
