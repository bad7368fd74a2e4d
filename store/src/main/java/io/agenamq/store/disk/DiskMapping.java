// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.nio.ByteBuffer;

/** Part of a file as memory. What is written to the file becomes visible in it. */
public interface DiskMapping {

    /** The bytes, read-only. Never touch it or a slice of it after {@link #unmap}: the process may die of that. */
    ByteBuffer buffer();

    /** Gives the memory back. Called at most once, by the owner, who knows that nobody reads any more. */
    void unmap();
}
