// SPDX-License-Identifier: Apache-2.0
/**
 * What is said on a connection: request and response codes, and one immutable record per command or body with its hand-written codec.
 * RocketMQ's own names appear here, where bytes demand them, and nowhere else. Start with {@link
 * io.agenamq.protocol.command.RequestCode}. May use {@code protocol.frame} and {@code protocol.json}; free of threads and I/O.
 *
 * <p>A header record reads itself from {@link io.agenamq.protocol.frame.Fields} ({@code readFrom}) and writes itself to a {@link
 * io.agenamq.protocol.frame.FieldWriter}; a body record reads itself from a buffer ({@code parse}) or from a {@link
 * io.agenamq.protocol.json.JsonReader} ({@code readFrom}) and writes itself to a {@link io.agenamq.protocol.json.JsonWriter}.
 */
@NullMarked
package io.agenamq.protocol.command;

import org.jspecify.annotations.NullMarked;
