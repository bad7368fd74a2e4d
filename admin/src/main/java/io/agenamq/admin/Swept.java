// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

/**
 * What purging or moving did.
 *
 * @param count messages that were taken out of the queue
 * @param kept messages that stay although they may have been wanted: consumers have them, they are damaged, or too large to be moved
 */
public record Swept(long count, long kept) {}
