// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.transaction;

import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;

/**
 * Which branch.
 *
 * @param owner name of the user whose it is, empty for nobody's
 * @param name as clients say it: kind, colon, id
 */
public record BranchId(String owner, String name) {

    void writeTo(StateOutput out) {
        out.putText(owner);
        out.putText(name);
    }

    static BranchId readFrom(StateInput in) {
        return new BranchId(in.getText(), in.getText());
    }

    /** For operators: the name, and whose it is. */
    @Override
    public String toString() {
        return owner.isEmpty() ? name : name + " of user '" + owner + "'";
    }
}
