// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import io.agenamq.remoting.HostPort;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A place between clients and a server where the test can do to connections what networks do: cut them, refuse new ones, keep answers back. It has
 * a loopback address of its own, so that nobody takes its port while it is closed.
 */
final class Crossing implements Closeable {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final InetAddress host;
    private final int port;
    private final List<Pair> pairs = new CopyOnWriteArrayList<>();

    // Guarded by this.
    private HostPort target = new HostPort("127.0.0.1", 1);
    private ServerSocket server;
    private Thread accepting;
    private boolean answersHeld;
    private boolean requestsHeld;
    private int heldCount;
    private final List<Socket> forsaken = new CopyOnWriteArrayList<>();

    private record Pair(Socket client, Socket server, AtomicBoolean forsaken) {
        void close() {
            closeQuietly(client);
            if (!forsaken.get()) {
                closeQuietly(server);
            }
        }
    }

    Crossing() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        host = InetAddress.getByAddress(new byte[] {
            127, (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255)
        });
        server = new ServerSocket();
        server.bind(new InetSocketAddress(host, 0));
        port = server.getLocalPort();
        accepting = accept(server);
    }

    HostPort address() {
        return new HostPort(host.getHostAddress(), port);
    }

    /** Where new connections go. */
    synchronized void leadTo(HostPort newTarget) {
        target = newTarget;
    }

    /** Cuts all connections; new ones can be made at once. */
    void cut() {
        pairs.forEach(Pair::close);
        synchronized (this) {
            // Whoever keeps an answer back sees that nobody wants it any more.
            notifyAll();
        }
    }

    /** Cuts all connections in a way that the server does not notice: to it they stay open until the end. */
    void cutUnnoticed() {
        for (Pair pair : pairs) {
            forsaken.add(pair.server());
            pair.forsaken().set(true);
        }
        cut();
    }

    /** Refuses new connections, and cuts those that there are. */
    @Override
    public void close() {
        forsaken.forEach(Crossing::closeQuietly);
        Thread accepter;
        synchronized (this) {
            closeQuietly(server);
            accepter = accepting;
        }
        try {
            // The port is free when the last thread has left the socket.
            accepter.join();
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
        cut();
    }

    /** Accepts connections again. */
    void open() throws IOException {
        ServerSocket again = new ServerSocket();
        again.setReuseAddress(true);
        again.bind(new InetSocketAddress(host, port));
        synchronized (this) {
            server = again;
            accepting = accept(again);
        }
    }

    /** What the server says does not arrive, until it is let through or the connection is cut. */
    synchronized void holdAnswers() {
        answersHeld = true;
    }

    /** What clients say does not arrive, until it is let through or the connection is cut; then it is lost. */
    synchronized void holdRequests() {
        requestsHeld = true;
    }

    synchronized void letRequestsThrough() {
        requestsHeld = false;
        notifyAll();
    }

    /** Waits until the server has said something that is held. */
    synchronized void awaitHeldAnswer() throws IOException {
        while (heldCount == 0) {
            await();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the callers' loops
    private synchronized void await() throws IOException {
        try {
            wait();
        } catch (InterruptedException unexpected) {
            throw new IOException(unexpected);
        }
    }

    synchronized void letAnswersThrough() {
        answersHeld = false;
        notifyAll();
    }

    private Thread accept(ServerSocket on) {
        return thread("accept", () -> {
            while (!on.isClosed()) {
                Socket client = on.accept();
                HostPort to;
                synchronized (this) {
                    to = target;
                }
                try {
                    Socket far = new Socket(to.host(), to.port());
                    client.setTcpNoDelay(true);
                    far.setTcpNoDelay(true);
                    Pair pair = new Pair(client, far, new AtomicBoolean());
                    pairs.add(pair);
                    if (on.isClosed()) {
                        pair.close();
                    }
                    Thread unused = thread("ask", () -> copy(client, far, pair, false));
                    unused = thread("answer", () -> copy(far, client, pair, true));
                } catch (IOException refused) {
                    closeQuietly(client);
                }
            }
        });
    }

    private void copy(Socket from, Socket to, Pair pair, boolean answers) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (answers) {
                    awaitLetThrough(pair);
                } else if (!mayPass(pair)) {
                    return;
                }
                out.write(buffer, 0, read);
            }
        } finally {
            pair.close();
            pairs.remove(pair);
        }
    }

    /** Waits while requests are held; false if they are lost. */
    private synchronized boolean mayPass(Pair pair) throws IOException {
        boolean wasHeld = requestsHeld;
        while (requestsHeld && !pair.client().isClosed()) {
            await();
        }
        return !wasHeld || !pair.client().isClosed();
    }

    private synchronized void awaitLetThrough(Pair pair) throws IOException {
        heldCount++;
        notifyAll();
        while (answersHeld && !pair.client().isClosed()) {
            await();
        }
        heldCount--;
    }

    @FunctionalInterface
    private interface Loop {
        void run() throws IOException;
    }

    private static Thread thread(String what, Loop loop) {
        Thread thread = new Thread(
                () -> {
                    try {
                        loop.run();
                    } catch (IOException ended) {
                        // Cut by the test, or by one of the two ends.
                    }
                },
                "crossing-" + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is gone in any case.
        }
    }
}
