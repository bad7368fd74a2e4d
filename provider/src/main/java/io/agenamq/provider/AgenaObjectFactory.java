// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.destination.AgenaQueue;
import io.agenamq.provider.destination.AgenaTopic;
import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.spi.ObjectFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes connection factories and destinations anew from the {@link Reference}s that a directory keeps of them. Makers of references name it in them; any
 * thread.
 */
public final class AgenaObjectFactory implements ObjectFactory {

    /** For JNDI, which makes it by this constructor. */
    public AgenaObjectFactory() {}

    /** The object of one of our references; null for anything else, so that others are asked. */
    @Override
    public @Nullable Object getObjectInstance(
            @Nullable Object object,
            @Nullable Name name,
            @Nullable Context context,
            @Nullable Hashtable<?, ?> environment) {
        if (!(object instanceof Reference reference)) {
            return null;
        }
        String made = reference.getClassName();
        if (made.equals(AgenaConnectionFactory.class.getName())) {
            String url = text(reference, AgenaConnectionFactory.URL_ADDRESS);
            return url == null ? null : AgenaConnectionFactory.of(url);
        }
        if (made.equals(AgenaXAConnectionFactory.class.getName())) {
            String url = text(reference, AgenaConnectionFactory.URL_ADDRESS);
            return url == null ? null : AgenaXAConnectionFactory.of(url);
        }
        String destination = text(reference, AgenaDestination.NAME_ADDRESS);
        if (destination == null) {
            return null;
        } else if (made.equals(AgenaQueue.class.getName())) {
            return AgenaQueue.parse(destination);
        }
        return made.equals(AgenaTopic.class.getName()) ? AgenaTopic.parse(destination) : null;
    }

    private static @Nullable String text(Reference reference, String type) {
        RefAddr address = reference.get(type);
        return address == null || !(address.getContent() instanceof String content) ? null : content;
    }
}
