// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import java.nio.ByteBuffer;

/**
 * A message to be stored. The buffers must not change before the answer is there.
 *
 * @param bornTimestamp when the application sent it, milliseconds since 1970
 * @param properties raw properties of the record
 * @param body body of the record
 * @param durable whether the answer waits until the message is on disk
 * @param lane messages of one destination with the same lane stay in the order in which they are sent; any number
 */
public record OutgoingMessage(long bornTimestamp, ByteBuffer properties, ByteBuffer body, boolean durable, int lane) {}
