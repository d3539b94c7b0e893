#!/bin/sh
# Builds gpio-sim for Debian's kernel, which leaves it out, from Debian's own source of that kernel. Run in the image.
set -eu
version=$(basename /lib/modules/*-amd64)
apt-get -q -y install --no-install-recommends linux-source-6.1 xz-utils make
mkdir -p /usr/src/gpio-sim
cd /usr/src/gpio-sim
tar -xJf /usr/src/linux-source-6.1.tar.xz --strip-components=3 linux-source-6.1/drivers/gpio/gpio-sim.c \
    linux-source-6.1/drivers/gpio/gpiolib.h linux-source-6.1/kernel/irq/irq_sim.c
mv gpio-sim.c gpio-sim-main.c
# Of the simulated interrupts this one call is not open to modules; the open one does the same.
sed -i 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' irq_sim.c
printf 'obj-m := gpio-sim.o\ngpio-sim-y := gpio-sim-main.o irq_sim.o\n' >Makefile
make -C "/lib/modules/$version/build" M="$PWD" modules
install -D -m 0644 gpio-sim.ko "/lib/modules/$version/updates/gpio-sim.ko"
depmod "$version"
apt-get -q -y purge linux-source-6.1
