// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Collections;
import java.util.Comparator;

/** Finds an address of this machine that others can probably reach, for a broker that listens on all of them and was not told which to name. */
final class MachineAddress {

    private MachineAddress() {}

    /** IPv4 before IPv6, real interfaces before virtual ones, in the system's order; loopback if there is nothing else. */
    static InetAddress find() throws IOException {
        return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                .filter(MachineAddress::isUsable)
                .sorted(Comparator.comparing(NetworkInterface::isVirtual))
                .flatMap(network -> Collections.list(network.getInetAddresses()).stream())
                .filter(address -> !address.isLinkLocalAddress() && !address.isLoopbackAddress())
                .min(Comparator.comparing(address -> !(address instanceof Inet4Address)))
                .orElse(InetAddress.getLoopbackAddress());
    }

    private static boolean isUsable(NetworkInterface network) {
        try {
            return network.isUp() && !network.isLoopback();
        } catch (IOException gone) {
            return false;
        }
    }
}
