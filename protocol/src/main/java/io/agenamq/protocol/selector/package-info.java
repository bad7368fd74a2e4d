// SPDX-License-Identifier: Apache-2.0
/**
 * The selector language: which messages does a consumer want? One grammar for Jakarta Messaging selectors and RocketMQ's SQL92 filters, and
 * RocketMQ's tag expressions beside it. Read {@link io.agenamq.protocol.selector.Selector} first, then {@code Expression} (the tree) and
 * {@link io.agenamq.protocol.selector.Typing} (what values mean).
 *
 * <p>The way of a selector: {@code Lexer → Parser → Expression → Folding → Compiler → Evaluator}. May use the JDK only. No threads: everything
 * is immutable once made, and any thread may evaluate.
 */
@NullMarked
package io.agenamq.protocol.selector;

import org.jspecify.annotations.NullMarked;
