// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import java.nio.ByteBuffer;

/**
 * One delivered message that waits for its consumer.
 *
 * @param source from where, and to where it is acknowledged
 * @param epoch of the source when it was delivered
 * @param sequence by which it is acknowledged
 * @param count 1 for the first delivery
 * @param records holds the record at index {@code at}
 * @param bytes of the record
 */
record Delivery(Source source, int epoch, long sequence, int count, ByteBuffer records, int at, int bytes) {}
