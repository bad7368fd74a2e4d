// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

/** What became of a transaction. */
enum Verdict {
    /** The application's transaction is committed. */
    COMMITTED,
    /** It is rolled back, and cannot be committed any more. */
    ROLLED_BACK,
    /** Nobody knows yet: it may still be open. */
    UNKNOWN
}
