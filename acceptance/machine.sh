# What otherkernel.sh and aarch64.sh have in common: a machine of its own, by qemu. Sourced by them; $here, $work and skip are theirs.

# initramfs BUSYBOX MODULES FILE: busybox, what mounts the root, and the modules that this takes, in their order
initramfs() {
    local busybox=$1 modules=$2 file=$3 files=$work/initramfs
    mkdir -p "$files"/{bin,proc,dev,mnt,rw,new,modules}
    cp "$busybox" "$files/bin/busybox"
    cp "$here/otherkernel-init" "$files/init" && chmod +x "$files/init"
    awk -v wanted="virtio_pci 9pnet_virtio 9p overlay" '
        function load(path,    one, all, n) {
            n = split(needs[path], all, " ")
            for (one = n; one > 0; one--) load(all[one])
            if (!(path in done)) print path
            done[path]
        }
        { path = $1; sub(/:$/, "", path); name = path; sub(/.*\//, "", name); sub(/\.ko$/, "", name)
          paths[name] = path; $1 = ""; needs[path] = $0 }
        END { n = split(wanted, all, " "); for (one = 1; one <= n; one++) if (all[one] in paths) load(paths[all[one]]) }
    ' "$modules/modules.dep" | while read -r module; do
        cp "$modules/$module" "$files/modules/" && echo "${module##*/}" >>"$files/modules/order"
    done
    (cd "$files" && find . | busybox cpio -o -H newc 2>/dev/null) >"$file"
}

# The guest's console, of which the results are shown and counted; whether all went well
judged() {
    local passed failed skipped
    sed -u 's|\r||g' | tee "$work/console" | grep --line-buffered -e '^ok  ' -e '^FAIL ' -e '^SKIP ' -e '^on kernel '
    passed=$(grep -c '^ok  ' "$work/console") failed=$(grep -c '^FAIL ' "$work/console") skipped=$(grep -c '^SKIP ' "$work/console")
    if ! grep -q '^the guest is done' "$work/console"; then
        failed=$((failed + 1))
        echo "FAIL the guest: it ended early: $(tail -n 5 "$work/console" | tr '\n' ' ')"
    fi
    [ $((passed + failed)) -gt 0 ] || { failed=1 && echo "FAIL the guest: it tested nothing"; }
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}
