#!/usr/bin/env bash
# The rules of the house that a compiler does not check: who includes whom, where each library may be seen, no path of
# one machine, no link that leads nowhere, one exported symbol a plugin. Run as ./dev lint, or: bash cmake/dev/lint.sh
# [BUILD TREE]. Prints each breach as FILE:LINE: found, rule; exits 1 if there was one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BUILD=${1:-build/release}
BREACHES=$(mktemp)
trap 'rm -f "$BREACHES"' EXIT

# Every #include of the product and its tests: file, line, target; separated by tabs.
includes() {
    local room rooms=()
    for room in core plugins sdk tests; do
        [[ ! -d $room ]] || rooms+=("$room")
    done
    [[ ${#rooms[@]} -eq 0 ]] || grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' "${rooms[@]}" \
        --include='*.'{h,hpp,c,cc,cpp,inc,in} |
        sed -E 's/^([^:]*):([0-9]*):[^<"]*[<"]([^>"]*).*/\1\t\2\t\3/'
}
INCLUDES=$(includes || true)

# Files that match PATHS but not EXCEPT include nothing that matches TARGETS (extended regular expressions).
refuse() { # PATHS EXCEPT TARGETS RULE
    awk -F'\t' -v paths="$1" -v except="$2" -v targets="$3" -v rule="$4" \
        '$1 ~ paths && $1 !~ except && $3 ~ targets { print $1 ":" $2 ": includes " $3 "; " rule }' <<<"$INCLUDES" >>"$BREACHES"
}

# A library of which only one place of the product knows; tests mirror the tree and may need any.
only_in() { # EXCEPT TARGETS RULE
    refuse '^(core|plugins|sdk)/' "$1" "$2" "$3"
}

# A folder of core/ includes itself, the SDK and the listed folders of core/.
layer() { # FOLDER FOLDERS...
    local allowed
    allowed=$(printf '%s|' "$@")
    awk -F'\t' -v folder="^core/$1/" -v allowed="^core/(${allowed%|})/" -v rule="core/$1 may include of core/ only: $*" \
        '$1 ~ folder && $3 ~ /^core\// && $3 !~ allowed { print $1 ":" $2 ": includes " $3 "; " rule }' <<<"$INCLUDES" >>"$BREACHES"
}

check_includes() {
    local none='^$' kinds='(datasets|metrics|adapters|algorithms|devices)'
    refuse '^plugins/' "$none" '^(\.\./)*core/' 'a plugin sees the SDK, nothing of core/'
    refuse '^plugins/' "$none" "(^|/)plugins/$kinds/" 'a plugin sees no other plugin'
    refuse '^core/' "$none" "(^|/)plugins/$kinds/" 'core/ names no plugin'
    refuse '^sdk/' "$none" '(^|/)(core|plugins)/' 'sdk/ stands alone'
    refuse '^sdk/' "$none" '^(boost|oneapi|tbb|oneapi/tbb|protozero)/|^(dnnl|jpeglib|png|pugixml)' 'sdk/ uses the standard library only'

    only_in '^core/plugins/load\.cpp$' '^boost/dll' 'Boost.DLL only in core/plugins/load.cpp'
    only_in '^core/cli/' '^boost/program_options' 'Boost.Program_options only in core/cli'
    only_in '^plugins/devices/onednn/' '^(oneapi/dnnl/)?dnnl' 'oneDNN only in plugins/devices/onednn'
    only_in '^plugins/devices/openvino/' '^openvino/' 'OpenVINO only in plugins/devices/openvino'
    only_in '^core/formats/' '^protozero/' 'protozero only in core/formats'
    only_in '^core/image/' '^(jpeglib|turbojpeg|png)\.h' 'libjpeg-turbo and libpng only in core/image'
    only_in '^(core/formats/openvino|plugins/datasets/voc2007)/' '^pugixml' 'pugixml only in core/formats/openvino and plugins/datasets/voc2007'

    only_in "$none" '^flatbuffers/' 'FlatBuffers only in tests'

    # base <- graph <- passes, plan <- formats, search, report <- pipeline <- cli, runtime; image, statistics, plugins <- pipeline
    layer base
    layer graph base
    layer passes base graph
    layer plan base graph
    layer formats base graph passes plan
    layer search base graph passes plan
    layer report base graph passes plan
    layer image base
    layer statistics base
    layer plugins base
    layer pipeline base graph passes plan formats search report image statistics plugins
    layer runtime base graph plan image plugins pipeline
}

# A path below somebody's home or checkout works on one machine only. In a linked checkout .git is a file with such a path.
check_machine_paths() {
    grep -rnIE '(^|[^[:alnum:]_./~}-])/(home|root|Users|work)/[[:alnum:]_.]' . \
        --exclude-dir={.git,build,.cache} --exclude=.git --exclude-dir='build-*' --exclude-dir='cmake-build-*' |
        sed -E 's/^\.\/([^:]*:[0-9]*):[[:space:]]*(.*)/\1: \2; no path of one machine/' >>"$BREACHES" || true
}

# The descriptor function is all that a plugin shows; a second symbol could be mistaken for another plugin's.
check_exported_symbols() {
    local plugin symbols
    [[ -d $BUILD/lib/octavo ]] || return 0
    while read -r plugin; do
        symbols=$(nm -D --defined-only "$plugin" | awk '$2 != "A" { print $3 }')
        [[ $(wc -w <<<"$symbols") -eq 1 ]] ||
            printf '%s: exports %s symbols (%s); a plugin exports one\n' "$plugin" "$(wc -w <<<"$symbols")" \
                "$(head -n 5 <<<"$symbols" | c++filt | paste -sd, -)" >>"$BREACHES"
    done < <(find "$BUILD/lib/octavo" -name '*.so' | sort)
}

# What a program links shows its C functions, so that nothing of ours meets what the program is made of.
check_runtime_symbols() {
    local library=$BUILD/lib/liboctavo_runtime.so others
    [[ -e $library ]] || return 0
    others=$(nm -D --defined-only "$library" | awk '$2 != "A" && $3 !~ /^octavo_/ { print $3 }')
    [[ -z $others ]] || printf '%s: exports %s; only octavo_* is shown\n' "$library" "$(head -n 5 <<<"$others" | paste -sd, -)" >>"$BREACHES"
}

# What a page names of the tree can be followed from there.
check_links() {
    local file line target
    while IFS=: read -r file line target; do
        [[ -e $(dirname "$file")/${target%%#*} ]] || printf '%s:%s: links to %s; no such file\n' "${file#./}" "$line" "$target" >>"$BREACHES"
    done < <(grep -rnoP '\]\(\K(?!https?:|#)[^)\s]+(?=\))' . --include='*.md' --exclude-dir={.git,build,.cache})
    grep -rnE '`(docs/)?decisions/[0-9]+`' . --include='*.md' --exclude-dir={.git,build,.cache} |
        sed -E 's/^\.\/([^:]*:[0-9]*):.*/\1: names a decision; a decision is linked/' >>"$BREACHES" || true
}

check_includes
check_machine_paths
check_links
check_exported_symbols
check_runtime_symbols
if [[ -s $BREACHES ]]; then
    sort -u "$BREACHES"
    exit 1
fi
printf 'lint: nothing found\n'
