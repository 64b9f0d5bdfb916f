package flymq.compat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.utils.internals.Exit;

/** Runs a tool's main inside this JVM: its standard streams are captured, its exit becomes the reply. */
final class ToolOperations {
    private static final class Ended extends RuntimeException {
        Ended(int code) {
            super("exit " + code, null, false, false);
        }
    }

    ToolOperations(Map<String, Helper.Operation> operations) {
        operations.put("tool", this::run);
    }

    private JsonNode run(JsonNode request) throws Exception {
        String[] args = new String[request.get("args").size()];
        for (int i = 0; i < args.length; i++) {
            args[i] = request.get("args").get(i).asText();
        }
        String input = request.hasNonNull("input") ? request.get("input").asText() : "";
        PrintStream out = System.out;
        PrintStream err = System.err;
        InputStream in = System.in;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        // Some tools catch what ends them here and exit once more: the first word counts.
        AtomicReference<Integer> exit = new AtomicReference<>();
        Exit.Procedure procedure = (status, message) -> {
            exit.compareAndSet(null, status);
            throw new Ended(status);
        };
        Exit.setExitProcedure(procedure);
        Exit.setHaltProcedure(procedure);
        // Some tools flush and tell their summary only as the JVM ends.
        List<Runnable> hooks = new ArrayList<>();
        Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            Class.forName(request.get("class").asText()).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException thrown) {
            if (!(thrown.getCause() instanceof Ended)) {
                exit.compareAndSet(null, 1);
                complained.write(String.valueOf(thrown.getCause()).getBytes(StandardCharsets.UTF_8));
            }
        } finally {
            hooks.forEach(Runnable::run);
            System.setOut(out);
            System.setErr(err);
            System.setIn(in);
        }
        return Helper.JSON.createObjectNode()
            .put("code", exit.get() == null ? 0 : exit.get())
            .put("out", printed.toString(StandardCharsets.UTF_8))
            .put("err", complained.toString(StandardCharsets.UTF_8));
    }
}
