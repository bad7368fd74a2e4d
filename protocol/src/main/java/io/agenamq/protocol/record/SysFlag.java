// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

/** Bits of a record's SYS_FLAG field (RocketMQ message encoding). */
public final class SysFlag {

    /** The body is compressed; the server never looks inside. */
    public static final int COMPRESSED = 0x1;

    /** The TAGS property holds several tags. */
    public static final int MULTI_TAGS = 0x2;

    /** Mask of the two transaction bits; the values are {@link #TRANSACTION_NONE} and the three below it. */
    public static final int TRANSACTION_MASK = 0xC;

    /** Not part of a transaction. */
    public static final int TRANSACTION_NONE = 0x0;

    /** A half message. */
    public static final int TRANSACTION_PREPARED = 0x4;

    /** A committed message. */
    public static final int TRANSACTION_COMMIT = 0x8;

    /** A rolled back message. */
    public static final int TRANSACTION_ROLLBACK = 0xC;

    /** The born host is an IPv6 address: the field is 20 bytes long instead of 8. */
    public static final int BORN_HOST_V6 = 0x10;

    /** The store host is an IPv6 address: the field is 20 bytes long instead of 8. */
    public static final int STORE_HOST_V6 = 0x20;

    /** The body is an inner batch that the client unpacks. */
    public static final int NEED_UNWRAP = 0x40;

    /** The record stands for an inner batch. */
    public static final int INNER_BATCH = 0x80;

    /** Mask of the compression type: 0 zlib of old clients, 1 LZ4, 2 ZSTD, 3 zlib. */
    public static final int COMPRESSION_TYPE_MASK = 0x700;

    private SysFlag() {}

    /** The two transaction bits, one of the {@code TRANSACTION_…} constants. */
    public static int transaction(int sysFlag) {
        return sysFlag & TRANSACTION_MASK;
    }

    /** {@code sysFlag} with its transaction bits replaced. */
    public static int withTransaction(int sysFlag, int transaction) {
        return (sysFlag & ~TRANSACTION_MASK) | (transaction & TRANSACTION_MASK);
    }
}
