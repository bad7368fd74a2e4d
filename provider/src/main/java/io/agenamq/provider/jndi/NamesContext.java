// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.jndi;

import java.util.Hashtable;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.naming.Binding;
import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.InvalidNameException;
import javax.naming.Name;
import javax.naming.NameClassPair;
import javax.naming.NameNotFoundException;
import javax.naming.NameParser;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.NotContextException;
import javax.naming.OperationNotSupportedException;
import org.jspecify.annotations.Nullable;

/**
 * Names and objects, fixed when it is made. A name is one text, slashes and all: {@code jms/Orders} is found by exactly that. Immutable but for its
 * environment, which is the caller's own copy.
 */
@SuppressWarnings("JdkObsolete") // the API of 1999 asks for Hashtable
public final class NamesContext implements Context {

    private final Map<String, Object> objects;
    private final Map<String, Function<String, Object>> makers;
    private final Hashtable<Object, Object> environment;

    /**
     * A context of these objects, sorted by name where they are listed.
     *
     * @param makers what makes the objects of names that begin like this; from the rest of the name, with an {@link IllegalArgumentException} for one
     *     that cannot be. They are not listed
     */
    public NamesContext(
            Map<String, ?> objects, Map<String, Function<String, Object>> makers, Hashtable<?, ?> environment) {
        this.objects = new TreeMap<>(objects);
        this.makers = Map.copyOf(makers);
        this.environment = new Hashtable<>(environment);
    }

    /** The object of a name; for the empty name a context like this one. */
    private Object find(String name) throws NamingException {
        if (name.isEmpty()) {
            return new NamesContext(objects, makers, environment);
        }
        Object found = objects.get(name);
        if (found == null) {
            for (Map.Entry<String, Function<String, Object>> maker : makers.entrySet()) {
                if (name.startsWith(maker.getKey())
                        && name.length() > maker.getKey().length()) {
                    return make(
                            name,
                            maker.getValue(),
                            name.substring(maker.getKey().length()));
                }
            }
            throw new NameNotFoundException("there is no '" + name + "'; there is " + objects.keySet());
        }
        return found;
    }

    private static Object make(String name, Function<String, Object> maker, String of) throws NamingException {
        try {
            return maker.apply(of);
        } catch (IllegalArgumentException wrong) {
            InvalidNameException invalid = new InvalidNameException(name + ": " + wrong.getMessage());
            invalid.initCause(wrong);
            throw invalid;
        }
    }

    @Override
    public Object lookup(String name) throws NamingException {
        return find(name);
    }

    @Override
    public Object lookup(Name name) throws NamingException {
        return find(name.toString());
    }

    @Override
    public Object lookupLink(String name) throws NamingException {
        return find(name);
    }

    @Override
    public Object lookupLink(Name name) throws NamingException {
        return find(name.toString());
    }

    @Override
    public NamingEnumeration<NameClassPair> list(String name) throws NamingException {
        requireRoot(name);
        Iterator<Map.Entry<String, Object>> entries = objects.entrySet().iterator();
        return new Entries<>(entries) {
            @Override
            NameClassPair entry(String key, Object value) {
                return new NameClassPair(key, value.getClass().getName());
            }
        };
    }

    @Override
    public NamingEnumeration<NameClassPair> list(Name name) throws NamingException {
        return list(name.toString());
    }

    @Override
    public NamingEnumeration<Binding> listBindings(String name) throws NamingException {
        requireRoot(name);
        Iterator<Map.Entry<String, Object>> entries = objects.entrySet().iterator();
        return new Entries<>(entries) {
            @Override
            Binding entry(String key, Object value) {
                return new Binding(key, value);
            }
        };
    }

    @Override
    public NamingEnumeration<Binding> listBindings(Name name) throws NamingException {
        return listBindings(name.toString());
    }

    private static void requireRoot(String name) throws NamingException {
        if (!name.isEmpty()) {
            throw new NotContextException("'" + name + "' is no context; all names are in the one that is named ''");
        }
    }

    private abstract static class Entries<T> implements NamingEnumeration<T> {

        private final Iterator<Map.Entry<String, Object>> left;

        Entries(Iterator<Map.Entry<String, Object>> left) {
            this.left = left;
        }

        abstract T entry(String key, Object value);

        @Override
        public boolean hasMore() {
            return left.hasNext();
        }

        @Override
        public boolean hasMoreElements() {
            return left.hasNext();
        }

        @Override
        public T next() {
            Map.Entry<String, Object> next = left.next();
            return entry(next.getKey(), next.getValue());
        }

        @Override
        public T nextElement() {
            return next();
        }

        @Override
        public void close() {}
    }

    @Override
    public NameParser getNameParser(String name) {
        return CompositeName::new;
    }

    @Override
    public NameParser getNameParser(Name name) {
        return CompositeName::new;
    }

    @Override
    public String composeName(String name, String prefix) {
        return prefix.isEmpty() ? name : name.isEmpty() ? prefix : prefix + "/" + name;
    }

    @Override
    public Name composeName(Name name, Name prefix) throws NamingException {
        return ((Name) prefix.clone()).addAll(name);
    }

    @Override
    public @Nullable Object addToEnvironment(String name, Object value) {
        return environment.put(name, value);
    }

    @Override
    public @Nullable Object removeFromEnvironment(String name) {
        return environment.remove(name);
    }

    @Override
    public Hashtable<?, ?> getEnvironment() {
        return new Hashtable<>(environment);
    }

    @Override
    public String getNameInNamespace() {
        return "";
    }

    @Override
    public void close() {}

    // ---- what a fixed table does not do

    private static OperationNotSupportedException fixed() {
        return new OperationNotSupportedException("names come from the properties of the initial context");
    }

    @Override
    public void bind(Name name, @Nullable Object object) throws NamingException {
        throw fixed();
    }

    @Override
    public void bind(String name, @Nullable Object object) throws NamingException {
        throw fixed();
    }

    @Override
    public void rebind(Name name, @Nullable Object object) throws NamingException {
        throw fixed();
    }

    @Override
    public void rebind(String name, @Nullable Object object) throws NamingException {
        throw fixed();
    }

    @Override
    public void unbind(Name name) throws NamingException {
        throw fixed();
    }

    @Override
    public void unbind(String name) throws NamingException {
        throw fixed();
    }

    @Override
    public void rename(Name oldName, Name newName) throws NamingException {
        throw fixed();
    }

    @Override
    public void rename(String oldName, String newName) throws NamingException {
        throw fixed();
    }

    @Override
    public void destroySubcontext(Name name) throws NamingException {
        throw fixed();
    }

    @Override
    public void destroySubcontext(String name) throws NamingException {
        throw fixed();
    }

    @Override
    public Context createSubcontext(Name name) throws NamingException {
        throw fixed();
    }

    @Override
    public Context createSubcontext(String name) throws NamingException {
        throw fixed();
    }
}
