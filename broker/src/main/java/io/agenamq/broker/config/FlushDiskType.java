// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

/** When a send is answered, unless the request itself asks for more: RocketMQ's {@code flushDiskType}. */
public enum FlushDiskType {
    /** When the message is with the operating system: it survives the end of the process. */
    ASYNC_FLUSH,
    /** When the message was forced to the disk: it survives a loss of power. */
    SYNC_FLUSH
}
