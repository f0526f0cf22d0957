#!/bin/sh
# Builds the image that ./lasthop starts: jars by Maven, a run-time image by jlink, an AOT cache by a training run.
# build-image.sh FOLDER. Safe to be run by several at once: one builds, the others wait. Shows its progress on standard error.
# The AOT cache of JDK 25 does not notice that a jar has changed and would go on running old code: so image and cache live in a folder
# that is named by a hash of everything they are made from, and build/image is a link to it, changed in one step.
set -u
home=$(cd "$1" && pwd -P) || exit 3
build=$home/build
. "$home/config/find-jdk.sh"

say() { echo "lasthop: $*" >&2; }

stale() {
    [ ! -e "$build/image/lib/lasthop.options" ] || [ ! -e "$build/stamp" ] ||
        [ -n "$(find "$home/pom.xml" "$home"/*/pom.xml "$home"/*/src/main "$home/config" -newer "$build/stamp" -print -quit 2>/dev/null)" ]
}

if ! mkdir -p "$build" 2>/dev/null || [ ! -w "$build" ]; then
    if [ -x "$build/image/bin/java" ]; then
        say "the sources are newer than the image, and $build cannot be written: starting the old image"
        exit 0
    fi
    say "Lasthop is not built yet, and $build cannot be written"
    say "  build it once as a user who may write there: $home/lasthop --version"
    exit 3
fi
if command -v flock >/dev/null; then
    exec 9>"$build/lock"
    flock -n 9 || { say "waiting for another build"; flock 9; }
    stale || exit 0
fi

if ! find_jdk; then
    say "building Lasthop needs a JDK 25, and none was found"
    how_to_get_a_jdk >&2
    exit 3
fi
JAVA_HOME=$jdk
export JAVA_HOME
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
if [ -z "${HOME:-}" ]; then # Maven keeps what it downloads there
    HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
    export HOME="${HOME:-/tmp}"
fi

# Whatever happens on the way, what is half done is not left to be taken for whole.
new= app= state=
trap '[ -z "$new" ] || rm -rf "$new"; rm -rf ${app:+"$app"} ${state:+"$state"}; rm -f "$build/stamp.new" "$build/image.new"' EXIT
trap 'exit 130' INT TERM HUP

rm -rf "$home/cli/target/modules" # or a module that is gone would stay
: >"$build/stamp.new" # older than any edit made while this runs
say "building, once: compiling (the first time, Maven downloads what it needs)"
if ! (cd "$home" && sh ./mvnw -q -B -Dmaven.test.skip=true -pl cli -am package </dev/null >"$build/build.log" 2>&1 9>&-); then
    say "the build failed; the end of $build/build.log:"
    grep -v '^\[ERROR\] *$' "$build/build.log" | head -n 30 >&2
    exit 1
fi

app=$build/app-$$
rm -rf "$app"
mkdir "$app" && cp "$home"/cli/target/modules/*.jar "$home"/cli/target/lasthop-cli-*.jar "$app/" || exit 1
hash=$(cat "$app"/*.jar "$jdk/release" "$home/config/java-options" "$home"/config/training/* "$home/config/build-image.sh" | sha256sum | cut -c1-16)
image=$build/image-$hash
if [ ! -e "$image/lib/lasthop.options" ]; then
    rm -rf "$image"
    new=$image
    say "building, once: linking the image"
    cp "$home/config/java-options" "$app/lasthop.options"
    if "$jdk/bin/jlink" --module-path "$app" --add-modules dev.lasthop.cli --no-header-files --no-man-pages \
        --output "$image" >"$build/jlink.log" 2>&1 9>&-; then
        :
    else # a JDK without jmods that cannot link itself (JEP 493): run on it as it is
        rm -rf "$image"
        mkdir -p "$image/bin" "$image/lib/app" && cp "$app"/*.jar "$image/lib/app/" && ln -s "$jdk/bin/java" "$image/bin/java" || exit 1
        printf -- '--module-path\n"%s"\n' "$image/lib/app" >>"$app/lasthop.options"
    fi
    say "building, once: training the start-up caches"
    # train CACHE [COMMAND…]: a cache from the command lines of a file
    train() {
        cache=$1
        shift
        "$@" "$image/bin/java" "@$app/lasthop.options" "-XX:AOTCacheOutput=$image/lib/$cache.aot" \
            -m dev.lasthop.cli/dev.lasthop.cli.Training "$home/config/training/$cache" $root >"$build/training-$cache.log" 2>&1 9>&- </dev/null
    }
    root=
    state=$build/state-$$
    export LASTHOP_STATE="$state/state" LASTHOP_RUN="$state/run"
    for lines in "$home"/config/training/*; do
        cache=${lines##*/}
        mkdir -p "$state"
        if [ "$(id -u)" = 0 ] && unshare --net --mount true 2>/dev/null; then
            root=root # in namespaces of its own: what the commands make is gone with the process
            train "$cache" timeout -k 5 120 unshare --net --mount --propagation private sh -c '
                mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/netns && touch /run/netns/empty &&
                    unshare --net=/run/netns/empty true && exec "$@"' sh
        else
            train "$cache" timeout -k 5 120
        fi
        rm -rf "$state"
        [ -s "$image/lib/$cache.aot" ] ||
            say "a start-up cache could not be made (see $build/training-$cache.log): Lasthop will start slower"
    done
    cp "$app/lasthop.options" "$image/lib/lasthop.options" || exit 1 # last: it says that the image is whole
    new=
fi

before=$(readlink "$build/image" 2>/dev/null)
ln -sfn "image-$hash" "$build/image.new" && mv -T "$build/image.new" "$build/image" && mv "$build/stamp.new" "$build/stamp" || exit 1
for old in "$build"/image-*; do # the one before may still be running
    case ${old##*/} in "image-$hash" | "$before" | *.new) ;; *) rm -rf "$old" ;; esac
done
# Built by root in another's folder: leave the other able to build.
if [ "$(id -u)" = 0 ] && [ "$(stat -c %u "$home")" != 0 ]; then
    chown -R --reference="$home" "$build" "$home"/*/target 2>/dev/null
fi
exit 0
