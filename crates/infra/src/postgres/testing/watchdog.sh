# Stops the shared test server and removes its data some seconds after the last
# process that used it ended. Started with the directory of the server and the
# number of seconds.
base=$1
patience=$2
idle=0
while [ -d "$base" ]; do
    : > "$base/beat"
    used=no
    for file in "$base"/users/*; do
        [ -e "$file" ] || continue
        if kill -0 "${file##*/}" 2>/dev/null; then used=yes; else rm -f "$file"; fi
    done
    if [ "$used" = yes ]; then
        idle=0
    else
        idle=$((idle + 1))
    fi
    if [ "$idle" -ge "$patience" ]; then
        # Whoever comes now either sees this mark and waits, or is seen below.
        : > "$base/stopping"
        if [ -z "$(ls -A "$base/users")" ]; then
            server=$(head -n 1 "$base/server/data/postmaster.pid" 2>/dev/null)
            if [ -n "$server" ]; then
                kill -INT "$server" 2>/dev/null
                waited=0
                while kill -0 "$server" 2>/dev/null && [ "$waited" -lt 20 ]; do
                    sleep 1
                    waited=$((waited + 1))
                done
                kill -QUIT "$server" 2>/dev/null
            fi
            rm -rf "$base/server"
            rm -f "$base/beat" "$base/watchdog" "$base/stopping"
            exit 0
        fi
        rm -f "$base/stopping"
        idle=0
    fi
    sleep 1
done
