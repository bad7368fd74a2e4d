// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.json.JsonWriter;

/** A body that is one JSON value. */
@FunctionalInterface
public interface JsonBody {

    /** Writes the whole value. */
    void writeTo(JsonWriter out);

    /** The value as the body of a frame. */
    default Body toBody() {
        JsonWriter out = new JsonWriter();
        writeTo(out);
        return out.toBody();
    }
}
