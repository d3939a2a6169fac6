#!/bin/bash
# Installs the Debian packages that are missing: `runtime` to build and run the server, `test` to test it as well,
# `package` to build and test a Debian package, `bench` to measure the server.
set -euo pipefail

case "${1:-}" in
  runtime)
    packages=(
      # to build
      pkg-config g++ libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev libopencv-dev libsoup-3.0-dev
      libgnutls28-dev libsqlite3-dev
      # decoders and encoders of the pipeline files, and of their checks
      gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
      gstreamer1.0-libav
      # the texts of the pages
      libjs-i18next
      # reading certificates, certificates for trials, fetching the models
      glib-networking openssl python3 python3-venv
    )
    ;;
  test) packages=(chromium firefox-esr ffmpeg gstreamer1.0-tools curl fonts-dejavu-core nginx-light caddy haproxy prometheus tzdata) ;;
  package) packages=(debhelper dpkg-dev lintian debootstrap systemd) ;;
  bench) packages=(libvpx-dev libturbojpeg0-dev libswscale-dev linux-perf) ;;
  *) echo "usage: $0 runtime|test|package|bench" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "These packages are missing and need root to install: ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi
# The proxies are for the tests, which start them themselves: their services must not take ports of this machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi
echo "Installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
