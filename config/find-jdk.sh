# Finds a JDK 25 (or newer with the same tools) and puts its folder into $jdk; leaves $jdk empty if there is none.
# Sourced by ./lasthop and ./check. The version is read from the JDK's release file: starting java to ask costs 30 ms each.

# is_jdk FOLDER: is it a JDK that can build Lasthop?
is_jdk() {
    [ -x "$1/bin/javac" ] && [ -x "$1/bin/jlink" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line; do
        case $line in
        'JAVA_VERSION="25"' | 'JAVA_VERSION="25.'* | 'JAVA_VERSION="25+'* | 'JAVA_VERSION="25-'*) return 0 ;;
        esac
    done <"$1/release"
    return 1
}

# find_jdk: JAVA_HOME, the javac of PATH, then the usual folders.
find_jdk() {
    jdk=
    on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
    set -- "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* /usr/local/*jdk* /usr/local/lib/jvm/*
    if [ -n "${HOME:-}" ]; then
        set -- "$@" "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* "$HOME"/.asdf/installs/java/*
    fi
    for candidate in "$@"; do
        if [ -n "$candidate" ] && is_jdk "$candidate"; then
            jdk=$candidate
            return 0
        fi
    done
    return 1
}

# Where to get one, for people.
how_to_get_a_jdk() {
    cat <<'END'
  Get one from https://adoptium.net/temurin/releases/?version=25, or:
    Debian, Ubuntu   apt-get install openjdk-25-jdk-headless   (or temurin-25-jdk from Adoptium's repository)
    Fedora, RHEL     dnf install java-25-openjdk-devel
    anywhere         sdk install java 25-tem   (https://sdkman.io)
  and point JAVA_HOME to it if it is in an unusual place.
END
}
