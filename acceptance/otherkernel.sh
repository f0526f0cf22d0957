#!/bin/bash
# What the kernel at hand may lack, on one that has it: Debian's, started by qemu, with this machine's files for its root, read-only.
# There otherkernel-guest.sh runs lasthop: ipvlan, VLANs of a bridge, and network cards that survive their container.
#   acceptance/otherkernel.sh all     takes minutes (an emulated processor is 20 to 40 times slower): not by default
# LASTHOP_ACCEL=kvm has hardware help, where that works.
# LASTHOP_KERNEL names a folder in which a kernel package was unpacked; without it Debian's is downloaded into build/kernel, once.
here=$(cd "$(dirname "$0")" && pwd) && top=$(dirname "$here")
skip() { echo "$1"; exit 77; }
[ "${1:-}" = all ] || skip "another kernel takes minutes: acceptance/otherkernel.sh all"
[ "$(uname -m)" = x86_64 ] || skip "the other kernel is one for x86_64"
for program in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static; do
    command -v "${program%:*}" >/dev/null || skip "${program%:*} is not installed: apt-get install --no-install-recommends ${program#*:}"
done
! ldd "$(command -v busybox)" >/dev/null 2>&1 || skip "busybox needs libraries: apt-get install busybox-static"
"$top/lasthop" --version >/dev/null || exit 1
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

kernel=${LASTHOP_KERNEL:-$top/build/kernel}
if [ -z "${LASTHOP_KERNEL:-}" ] && ! ls "$kernel"/boot/vmlinuz-* >/dev/null 2>&1; then
    command -v apt-get >/dev/null || skip "there is no Debian to take a kernel from: name one by LASTHOP_KERNEL=FOLDER"
    package=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
    [ -n "$package" ] || skip "apt-get knows of no package linux-image-amd64"
    (cd "$work" && apt-get -q download "$package" >"$work/log" 2>&1) || skip "$package cannot be downloaded: $(tail -n 1 "$work/log")"
    dpkg -x "$work/$package"_*.deb "$work/kernel" && rm "$work/$package"_*.deb
    mkdir -p "$top/build" && rm -rf "$kernel" && mv "$work/kernel" "$kernel" || exit 1
fi
vmlinuz=$(ls "$kernel"/boot/vmlinuz-* 2>/dev/null | head -n 1)
[ -n "$vmlinuz" ] || skip "there is no boot/vmlinuz-* in $kernel"
kernel=$(readlink -f "$kernel") && version=${vmlinuz##*/vmlinuz-}
modules=$kernel/lib/modules/$version
[ -e "$modules/modules.dep" ] || busybox depmod -b "$kernel" "$version" || skip "$kernel has no modules that go with its kernel"
for module in ipvlan e1000 virtio_net 9pnet_virtio overlay bridge veth nf_tables; do
    find "$modules" -name "$module.ko" | grep -q . || skip "the kernel in $kernel has no module $module (or it is compressed)"
done

. "$here/machine.sh"
initramfs "$(command -v busybox)" "$modules" "$work/initrd"

# Two network cards on one wire, which end nowhere else
timeout -k 10 "${LASTHOP_GUEST_SECONDS:-1800}" nice qemu-system-x86_64 -accel "${LASTHOP_ACCEL:-tcg}" -cpu max -m 1536 -nodefaults -nographic -no-reboot \
    -serial stdio -kernel "$vmlinuz" -initrd "$work/initrd" \
    -append "console=ttyS0 quiet panic=-1 modules=$kernel/lib/modules guest=$here/otherkernel-guest.sh only=${2:-all}" \
    -fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap -device virtio-9p-pci,fsdev=root,mount_tag=root \
    -netdev hubport,id=a,hubid=0 -device e1000,netdev=a,mac=52:54:00:00:00:0a,romfile= \
    -netdev hubport,id=b,hubid=0 -device virtio-net-pci,netdev=b,mac=52:54:00:00:00:0b,romfile= \
    </dev/null 2>&1 | judged
