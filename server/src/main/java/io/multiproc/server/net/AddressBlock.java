package io.multiproc.server.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A block of IP addresses, such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a single address is a block of one.
 *
 * @param network an address of the block
 * @param bits how many leading bits all its addresses have in common
 */
public record AddressBlock(InetAddress network, int bits) {
    /** No name: a look-up would ask somebody else who may pass. */
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** This machine's own. */
    public static final List<AddressBlock> LOOPBACK = List.of(parse("127.0.0.0/8"), parse("::1"));

    /** @throws IllegalArgumentException if the text is no block; the message says what one looks like */
    public static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        if (LITERAL.matcher(literal).matches()) {
            try {
                InetAddress network = InetAddress.getByName(literal);
                int most = network.getAddress().length * Byte.SIZE;
                int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
                if (bits >= 0 && bits <= most) {
                    return new AddressBlock(network, bits);
                }
            } catch (UnknownHostException | NumberFormatException e) {
                // told below
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no block of addresses; blocks are 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32");
    }

    boolean contains(InetAddress address) {
        byte[] a = address.getAddress();
        byte[] b = network.getAddress();
        if (a.length != b.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        int rest = bits % Byte.SIZE;
        return rest == 0 || (a[whole] ^ b[whole]) >> (Byte.SIZE - rest) == 0;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + bits;
    }
}
