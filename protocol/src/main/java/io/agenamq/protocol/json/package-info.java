// SPDX-License-Identifier: Apache-2.0
/**
 * The JSON of command bodies: a lenient reader and a strict writer, both pull- or push-driven by hand-written codecs, without reflection and
 * without a tree. Read {@link io.agenamq.protocol.json.JsonReader} first. May use {@code protocol.frame} (for its exception). Instances
 * belong to one thread.
 */
@NullMarked
package io.agenamq.protocol.json;

import org.jspecify.annotations.NullMarked;
