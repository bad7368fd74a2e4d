// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code agena} command line: one picocli command per class, two ways to print a list, one way to fail.
 *
 * <p>Read {@link io.agenamq.admin.cli.Agena} first. May use the admin client, the Jakarta Messaging provider, picocli, jackson-core and
 * HdrHistogram. Commands run on the main thread.
 */
@NullMarked
package io.agenamq.admin.cli;

import org.jspecify.annotations.NullMarked;
