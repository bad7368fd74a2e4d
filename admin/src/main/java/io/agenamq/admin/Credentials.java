// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

/** Who logs in. Prints its name only. */
public record Credentials(String user, String password) {

    @Override
    public String toString() {
        return "user '" + user + "'";
    }
}
