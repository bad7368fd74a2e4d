// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import java.net.InetSocketAddress;

/** An address as people write it: {@code host:port}, an IPv6 host in square brackets. Not resolved. */
public record HostPort(String host, int port) {

    private static final int PORT_MAX = 65_535;

    public HostPort {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("an address needs a host");
        }
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("a port is a number from 0 to 65535, not " + port);
        }
    }

    /** Reads {@code host:port}. */
    public static HostPort parse(String text) {
        String trimmed = text.strip();
        int colon = trimmed.lastIndexOf(':');
        boolean bracketed = trimmed.startsWith("[");
        if (colon <= 0 || (bracketed && trimmed.charAt(colon - 1) != ']')) {
            throw new IllegalArgumentException("'" + text + "' is not host:port");
        }
        String host = bracketed ? trimmed.substring(1, colon - 1) : trimmed.substring(0, colon);
        if (!bracketed && host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "': an IPv6 host stands in square brackets");
        }
        try {
            return new HostPort(host, Integer.parseInt(trimmed.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' has no port number", e);
        }
    }

    /** The host and port of a resolved address. */
    public static HostPort of(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return new HostPort(host, address.getPort());
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
