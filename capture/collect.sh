#!/bin/sh
# Collects what Platmap reads of a running Linux machine into NAME.tar.gz: memory map, PCI configuration space, IOMMU groups, firmware tables.
# Takes no serial numbers, no network addresses and no host name. Needs nothing installed; more can be read as root. Changes nothing.
#
#   sh collect.sh [NAME]        then: platmap import NAME.tar.gz
#
# PLATMAP_ROOT, when set, is a folder with another machine's files in place of /.
set -u
from=${PLATMAP_ROOT:-}
LC_ALL=C
export LC_ALL
umask 077

name=${1:-machine}
case $name in
-h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
*/* | -* | '') echo "collect.sh: NAME is a plain file name" >&2; exit 2 ;;
esac
if [ -e "$name.tar.gz" ]; then
  echo "collect.sh: $name.tar.gz exists already" >&2
  exit 2
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
root=$work/$name
mkdir "$root" || exit 1

# Serial numbers, network addresses and host names in text are left out or become zeros.
clean() {
  sed -e 's/\(Device Serial Number\) .*/\1 (left out)/' \
    -e 's/\([Ss]erial *[Nn]umber[:=]\) *.*/\1 (left out)/' \
    -e 's/\(serial[a-z]*=\)[^ ]*/\1.../g' -e 's/\(machine_id=\)[^ ]*/\1.../g' \
    -e '/^[[:space:]]*\[[A-Z][A-Z0-9]\] /d' \
    -e 's/\(Hostname set to\) <.*>/\1 (left out)/' \
    -e 's/\([0-9A-Fa-f]\{2\}[:-]\)\{5\}[0-9A-Fa-f]\{2\}/00:00:00:00:00:00/g' \
    -e 's/\([0-9A-Fa-f]\{1,4\}:\)\{7\}[0-9A-Fa-f]\{1,4\}/::/g' \
    -e 's/\([^0-9.]\)[0-9]\{1,3\}\.[0-9]\{1,3\}\.[0-9]\{1,3\}\.[0-9]\{1,3\}\([^0-9.]\)/\10.0.0.0\2/g'
}

# told FILE COMMAND…: what a command says of this machine; of another one, what its file says.
told() {
  said=$1
  shift
  if [ -n "$from" ]; then cat "$from/$said"; else "$@"; fi 2>/dev/null
}

# take PATH: the file at /PATH as it is. Files of /proc and /sys have no true size, so they are read and not copied.
take() {
  [ -r "$from/$1" ] || return 1
  mkdir -p "$root/$(dirname "$1")"
  cat "$from/$1" >"$root/$1" 2>/dev/null && [ -s "$root/$1" ] && return 0
  rm -f "$root/$1"
  return 1
}

# link PATH: the symbolic link at /PATH, not what it leads to.
link() {
  target=$(readlink "$from/$1" 2>/dev/null) || return 1
  mkdir -p "$root/$(dirname "$1")"
  ln -s "$target" "$root/$1"
}

# say COUNT WHAT: what was taken.
say() {
  if [ "$1" -gt 0 ]; then echo "taken      $2 ($1)"; else echo "not there  $2, or not readable"; fi
}

# lines FILE: how many lines the archive's FILE has; 0 without it.
lines() {
  if [ -f "$root/$1" ]; then wc -l <"$root/$1"; else echo 0; fi
}

# bytes FILE: its bytes, one a line, as decimal numbers.
bytes() {
  od -An -v -tu1 "$1" | tr -s ' ' '\n' | sed '/^$/d'
}

# zero FILE: zeros over the "offset length" pairs on standard input.
zero() {
  while read -r offset length; do
    dd if=/dev/zero of="$1" bs=1 seek="$offset" count="$length" conv=notrunc 2>/dev/null
  done
}

# The serial number of a PCI Express function: extended capability 0x0003, eight bytes after its header.
hide_pci_serial() {
  bytes "$1" | awk '{ b[NR - 1] = $1 }
    END { for (at = 256; at >= 256 && at + 12 <= NR && !seen[at]++; at = int(b[at + 2] / 16) + b[at + 3] * 16) {
      if (b[at] == 3 && b[at + 1] == 0) print at + 4, 8 } }' | zero "$1"
}

# Serial numbers, network addresses and random seeds in a device tree blob, found by walking its structure block.
hide_tree_identity() {
  bytes "$1" | awk 'function word(at) { return ((b[at] * 256 + b[at + 1]) * 256 + b[at + 2]) * 256 + b[at + 3] }
    function label(at, text) { for (text = ""; b[at] > 0; at++) text = text sprintf("%c", b[at]); return text }
    { b[NR - 1] = $1 }
    END { if (NR < 40 || word(0) != 3490578157) exit
      strings = word(12)
      for (at = word(8); at + 4 <= NR; ) {
        token = word(at); at += 4
        if (token == 1) { while (b[at] > 0) at++; at += 4 - at % 4 }
        else if (token == 3) {
          size = word(at)
          if (size > 0 && label(strings + word(at + 4)) ~ /^(serial-number|.*mac-address|.*bd-address|kaslr-seed|rng-seed)$/) print at + 8, size
          at += 8 + size; at += (4 - at % 4) % 4
        } else if (token != 2 && token != 4) exit
      } }' | zero "$1"
}

count=0
for file in proc/iomem proc/ioports; do take $file && count=$((count + 1)); done
say $count "resources: /proc/iomem, /proc/ioports"

mkdir -p "$root/proc"
clean <"$from/proc/cmdline" >"$root/proc/cmdline" 2>/dev/null
told uname.txt uname -srvm | sed 's/^Linux \([0-9]\)/Linux (none) \1/' >"$root/uname.txt"
told pagesize.txt getconf PAGESIZE >"$root/pagesize.txt" || rm -f "$root/pagesize.txt"
grep -m 1 '^address sizes' "$from/proc/cpuinfo" >"$root/proc/cpuinfo" 2>/dev/null || rm -f "$root/proc/cpuinfo"
say 1 "kernel: release, command line, page size, width of addresses"

release=$(uname -r)
{ gzip -dc "$from/proc/config.gz" || cat "$from/boot/config-$release" || cat "$from/lib/modules/$release/config"; } 2>/dev/null |
  grep -E '^CONFIG_.*(IOMMU|SMMU|DMAR|IRQ_REMAP|PCI|VFIO|CMA|CXL|_PAGES|PAGE_SIZE|STRICT_DEVMEM)' >"$root/kernel-config.txt"
[ -s "$root/kernel-config.txt" ] || rm -f "$root/kernel-config.txt"
say "$(lines kernel-config.txt)" "kernel configuration: the lines on IOMMUs, PCI and memory"

told dmesg.txt dmesg | clean >"$root/dmesg.txt"
[ -s "$root/dmesg.txt" ] || rm -f "$root/dmesg.txt"
say "$(lines dmesg.txt)" "kernel log, without serial numbers and network addresses"

count=0
for folder in "$from"/sys/bus/pci/devices/*; do
  [ -e "$folder/config" ] || continue
  function=${folder#"$from"/}
  for file in config resource vendor device class numa_node; do take "$function/$file"; done
  for file in driver iommu_group physfn; do link "$function/$file"; done
  [ -f "$root/$function/config" ] && hide_pci_serial "$root/$function/config"
  count=$((count + 1))
done
for path in "$from"/sys/bus/pci/drivers/*/*:*:*.*; do [ -L "$path" ] && link "${path#"$from"/}"; done
say $count "PCI functions: configuration space, resources, ids, drivers"

told lspci.txt lspci -vvv -nn | clean >"$root/lspci.txt"
[ -s "$root/lspci.txt" ] || rm -f "$root/lspci.txt"
say "$(lines lspci.txt)" "lspci -vvv -nn"

count=0
for folder in "$from"/sys/kernel/iommu_groups/*; do
  [ -d "$folder" ] || continue
  for file in type reserved_regions; do take "${folder#"$from"/}/$file"; done
  for path in "$folder"/devices/*; do [ -L "$path" ] && link "${path#"$from"/}"; done
  # An empty list of regions is an answer too.
  [ -r "$folder/reserved_regions" ] && : >>"$root/${folder#"$from"/}/reserved_regions"
  count=$((count + 1))
done
say $count "IOMMU groups with their reserved regions"

count=0
for path in "$from"/sys/class/iommu/*; do
  [ -L "$path" ] || continue
  link "${path#"$from"/}"
  devices=sys/devices/virtual/iommu/${path##*/}/devices
  for device in "$path"/devices/* "$from/$devices"/*; do
    [ -L "$device" ] || continue
    [ -L "$root/$devices/${device##*/}" ] && continue
    mkdir -p "$root/$devices"
    ln -s "$(readlink "$device")" "$root/$devices/${device##*/}"
  done
  count=$((count + 1))
done
say $count "IOMMUs and the devices behind them"

count=0
for file in "$from"/sys/firmware/memmap/*/[est]* "$from"/sys/firmware/efi/runtime-map/*/[apnt]*; do
  take "${file#"$from"/}" && count=$((count + 1))
done
say $count "the firmware's memory map"

count=0
for table in APIC MCFG DMAR IVRS IORT VIOT SRAT HMAT CEDT RIMT RHCT FACP DSDT; do
  take "sys/firmware/acpi/tables/$table" && count=$((count + 1))
done
for file in "$from"/sys/firmware/acpi/tables/SSDT*; do take "${file#"$from"/}" && count=$((count + 1)); done
say $count "ACPI tables that describe memory, interrupts and PCI"

count=0
if take sys/firmware/fdt; then
  hide_tree_identity "$root/sys/firmware/fdt"
  count=1
fi
say $count "device tree blob, without serial numbers, network addresses and seeds"

cd "$work" || exit 1
{ tar --owner=0 --group=0 --numeric-owner -cf - "$name" 2>/dev/null || tar -cf - "$name"; } | gzip >"$OLDPWD/$name.tar.gz" || exit 1
cd "$OLDPWD" || exit 1
echo "written    $name.tar.gz"
[ "$(id -u)" = 0 ] || echo "As root it would have the addresses of /proc/iomem, the PCI capabilities (ACS) and the firmware's tables too."
