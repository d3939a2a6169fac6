#!/bin/bash
# Builds the Debian package for this machine's release and processor into .build-package/.
set -euo pipefail
cd "$(dirname "$0")/.."

out=.build-package
tree=$out/tree
# Swift's own libraries are linked in: no Debian package has them.
swift build -c release --scratch-path $out/build --product exam-monitoring --static-swift-stdlib
swift build -c release --scratch-path $out/build --product generate-manual
built=$out/build/release

rm -rf "$tree" $out/*.deb $out/*.buildinfo $out/*.changes
mkdir -p "$tree"/{bin,share,etc/pipelines,man,completions/{bash,zsh,fish}}
cp -r deploy/debian "$tree/debian"
cp $built/exam-monitoring "$tree/bin/"
cp -r Web Models Recordings "$tree/share/"
rm -f "$tree"/share/Recordings/*.{py,sh}
cp -r docs README.md "$tree/"
cp Pipelines/* "$tree/etc/pipelines/"

program=$tree/bin/exam-monitoring
$program --generate-completion-script bash | sed 1d > "$tree/completions/bash/exam-monitoring"
$program --generate-completion-script zsh > "$tree/completions/zsh/_exam-monitoring"
$program --generate-completion-script fish > "$tree/completions/fish/exam-monitoring.fish"
$built/generate-manual "$program" --multi-page --date "$(dpkg-parsechangelog -l deploy/debian/changelog --show-field Date | date -u -f - +%F)" \
  --output-directory "$tree/man"
# Without pages of what nobody calls. The page of "exam-monitoring serve" is found by exam-monitoring-serve.
rm "$tree"/man/exam-monitoring.{help,judge,pipelines.check-one}.1
for page in "$tree"/man/*.1; do
  name=$(basename "$page" .1)
  sed -i -E "/^\.Sh NAME/{n;s/.*/.Nm ${name//./-}/}
    /^\.Sh SYNOPSIS/{n;s/.*/.Nm \"${name//./ }\"/}
    /^\.Xr exam-monitoring\.(help|judge|pipelines\.check-one) /d
    /^\.Xr /{:more s/(exam-monitoring[a-z-]*)\./\1-/;tmore}
    /^$/d" "$page"
  [ "$name" = "${name//./-}" ] || mv "$page" "$tree/man/${name//./-}.1"
done

[ "$($program --version)" = "$(dpkg-parsechangelog -l deploy/debian/changelog --show-field Version)" ] || {
  echo "the program says it is version $($program --version), deploy/debian/changelog says otherwise" >&2
  exit 1
}
(cd "$tree" && dpkg-buildpackage --build=binary --no-sign --no-check-builddeps)
ls -l $out/*.deb
