// SPDX-License-Identifier: Apache-2.0
/**
 * The bytes that clients, brokers and name servers agree on. The sub-packages hold frames, commands, the message record and the selector
 * language; nothing in this module performs I/O or owns a thread.
 */
@NullMarked
package io.agenamq.protocol;

import org.jspecify.annotations.NullMarked;
