#!/usr/bin/env bash
# Ana keeps an encrypted backup at Ben's: real restic, through a share, to real rclone on Ben's disk. Ben gives 20 MB and not a byte more.
# Run it: npm run example -- apps/restic-backup   (Debian: apt-get install restic rclone curl)
. "$(dirname "${BASH_SOURCE[0]}")/two-homes.sh"

# Ben: a folder, served with restic's protocol. He cannot read what is in it; rclone lets nobody delete what was put there.
mkdir "$dir/at-bens"
rclone serve restic --append-only --addr 127.0.0.1:0 "$dir/at-bens" 2>"$dir/rclone.log" & pids+=($!)
until_ok grep -q 'Serving restic REST API on' "$dir/rclone.log"
app=$(grep -o 'http://127.0.0.1:[0-9]*' "$dir/rclone.log" | head -1)
grant=$(ben share "$app" --as backup --with ana --allow-changes --limit 20MB --yes --json 2>/dev/null | field .data.id)
ana_says_yes "$grant"

# Ana: restic does not know names under localhost, so Porchlight is its proxy (docs/share.md).
url=$(ana open ben/backup --print) url=${url%/}
export http_proxy=http://127.0.0.1:${url##*:} RESTIC_REPOSITORY=rest:$url
export RESTIC_PASSWORD=only-ana-knows RESTIC_CACHE_DIR=$dir/cache
mkdir "$dir/pictures"
head -c 3000000 /dev/urandom >"$dir/pictures/spring.raw"
restic init >/dev/null
restic backup --quiet "$dir/pictures"
echo "snapshots after the first evening: $(restic snapshots --json | field .length)"

# More than Ben gave: his side stops it, whatever restic tries. restic would go on trying for a quarter of an hour.
head -c 40000000 /dev/urandom >"$dir/pictures/summer.raw"
timeout 25 restic backup --quiet "$dir/pictures" >"$dir/restic.log" 2>&1 && echo 'the quota did not hold'
echo "restic was told: $(grep -o '403 Forbidden' "$dir/restic.log" | head -1)"
echo "at Ben's: $(ben grants --json | field ".data.filter((g) => g.id === '$grant').map((g) => g.state + ' for ' + g.causes)[0]")"
used=$(du -sb "$dir/at-bens" | cut -f1)
echo "not more than 20 MB on his disk: $([ "$used" -le 20000000 ] && echo yes || echo "no, $used")"

# Ben gives more room. What was there is there, and the second evening goes on where it stopped.
more=$(ben share "$app" --as backup --with ana --allow-changes --limit 200MB --yes --json 2>/dev/null | field .data.id)
ana_says_yes "$more"
restic unlock --remove-all >/dev/null
restic check --read-data >/dev/null && echo 'every byte of the first evening is intact'
restic backup --quiet "$dir/pictures"
restic restore --quiet latest --target "$dir/back"
cmp "$dir/pictures/summer.raw" "$dir/back$dir/pictures/summer.raw" && echo 'the second evening came back whole'
grep -rlq 'spring.raw' "$dir/at-bens" && echo 'Ben can read it' || echo 'Ben sees files that he cannot read'
