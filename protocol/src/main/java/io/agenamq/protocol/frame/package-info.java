// SPDX-License-Identifier: Apache-2.0
/**
 * Frames: what travels on a connection. A frame is a length, a header in one of two encodings, and a body. Start with {@link
 * io.agenamq.protocol.frame.FrameCodec}, which draws the bytes. Needs the JDK only; everything here is free of threads and I/O, and a {@link
 * io.agenamq.protocol.frame.Frame} is immutable.
 */
@NullMarked
package io.agenamq.protocol.frame;

import org.jspecify.annotations.NullMarked;
