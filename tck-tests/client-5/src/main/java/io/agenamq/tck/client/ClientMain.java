// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;

/**
 * The client process: reads requests from standard input, writes answers and events to standard output.
 *
 * <pre>
 *   test → client   call call=1 actor=p1 verb=new kind=producer group=g nameServers=127.0.0.1:9876
 *   client → test   answer call=1
 *   test → client   call call=2 actor=p1 verb=send topic=t count=3
 *   client → test   answer call=2 sent=…          or   failure call=2 type=MQBrokerException code=17 message=…
 *   client → test   event actor=c1 name=message …
 * </pre>
 *
 * Requests are performed concurrently, each on a thread of its own, because some of them wait. The process ends with its input, so
 * that it never outlives the test. Standard output belongs to the protocol: the official client's own prints go to standard error.
 */
public final class ClientMain {

    private final PrintStream out;
    private final Map<String, Actor> actors = new ConcurrentHashMap<>();
    private final ExecutorService requests = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "tck-request");
        thread.setDaemon(true);
        return thread;
    });

    private ClientMain(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        var main = new ClientMain(out);
        main.write(Line.of("ready").with("version", Dialect.VERSION));
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            Line request = Line.parse(text);
            main.requests.execute(() -> main.perform(request));
        }
        Runtime.getRuntime().halt(0);
    }

    private void perform(Line request) {
        String call = request.text("call");
        try {
            Line answer = perform(request.text("actor"), request.text("verb"), request);
            write(answer.with("call", call));
        } catch (MQBrokerException refused) {
            write(failure(refused, call).with("code", refused.getResponseCode()));
        } catch (MQClientException failed) {
            write(failure(failed, call).with("code", failed.getResponseCode()));
        } catch (Throwable failed) {
            write(failure(failed, call));
        }
    }

    private Line perform(String name, String verb, Line request) throws Exception {
        if (verb.equals("new")) {
            Actor actor =
                    create(request, event -> write(event.with("actor", name).with("nanos", System.nanoTime())));
            actors.put(name, actor);
            return Line.of("answer");
        }
        Actor actor = actors.get(name);
        if (actor == null) {
            throw new IllegalStateException("no actor '" + name + "'");
        }
        if (verb.equals("close")) {
            actor.close();
            actors.remove(name);
            return Line.of("answer");
        }
        return actor.perform(verb, request);
    }

    private static Actor create(Line arguments, Events events) throws MQClientException {
        String kind = arguments.text("kind");
        return switch (kind) {
            case "producer" -> ControlledProducer.start(arguments);
            case "transaction" -> ControlledTransactionProducer.start(arguments);
            case "push" -> ControlledPushConsumer.start(arguments, events);
            case "pull" -> ControlledPullConsumer.start(arguments);
            case "lite" -> ControlledLitePullConsumer.start(arguments);
            default -> throw new IllegalArgumentException("no kind '" + kind + "'");
        };
    }

    private static Line failure(Throwable thrown, String call) {
        thrown.printStackTrace();
        return Line.of("failure")
                .with("call", call)
                .with("type", thrown.getClass().getSimpleName())
                .with("message", String.valueOf(thrown.getMessage()));
    }

    private void write(Line line) {
        String text = line.toString();
        synchronized (out) {
            out.println(text);
            out.flush();
        }
    }
}
