package io.tidegate.worker.api;

import io.tidegate.metrics.api.TraceContext;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The binary form of messages between nodes, derived from their records: components in their order,
 * lengths before texts and bytes. Only types of {@link Messages#TYPES}, and what they are made of,
 * are ever read.
 */
final class Forms {
  private static final Map<Type, Form> KNOWN = new ConcurrentHashMap<>();

  private Forms() {}

  /** How a type is written and read. */
  private interface Form {
    void write(Buffer to, Object value);

    Object read(Source from);
  }

  /** Bytes being read. */
  private static final class Source {
    private final Buffer bytes;
    private int at;

    Source(Buffer bytes, int at) {
      this.bytes = bytes;
      this.at = at;
    }

    int number() {
      int value = bytes.getInt(at);
      at += Integer.BYTES;
      return value;
    }

    long large() {
      long value = bytes.getLong(at);
      at += Long.BYTES;
      return value;
    }

    /** A length or count; each item takes a byte at least, so more than is left is a lie. */
    int length() {
      int length = number();
      if (length < 0 || length > bytes.length() - at) {
        throw new IllegalArgumentException("message: a length of " + length);
      }
      return length;
    }

    Buffer bytes() {
      int length = length();
      at += length;
      return bytes.getBuffer(at - length, at);
    }

    String text() {
      return bytes().toString();
    }
  }

  static void write(Buffer to, Object message) {
    writeText(to, Messages.name(message.getClass()));
    form(message.getClass()).write(to, message);
  }

  /**
   * @throws IllegalArgumentException when it is not a message that this node knows
   */
  static Object read(Buffer from, int position) {
    Source source = new Source(from, position);
    String name = source.text();
    Class<?> type = Messages.TYPES.get(name);
    if (type == null) {
      throw new IllegalArgumentException("message: type " + name + " is not known");
    }
    try {
      return form(type).read(source);
    } catch (IndexOutOfBoundsException cutOff) {
      throw new IllegalArgumentException("message: " + name + " is cut off", cutOff);
    }
  }

  private static void writeText(Buffer to, String text) {
    writeBytes(to, Buffer.buffer(text));
  }

  private static void writeBytes(Buffer to, Buffer bytes) {
    to.appendInt(bytes.length()).appendBuffer(bytes);
  }

  private static Form form(Type type) {
    Form known = KNOWN.get(type);
    if (known == null) {
      // Not computeIfAbsent: the forms of a record's components are made in between.
      known = make(type);
      KNOWN.put(type, known);
    }
    return known;
  }

  private static Form make(Type type) {
    if (type instanceof ParameterizedType generic) {
      return ofMany(generic);
    }
    // In a collection numbers are boxed.
    Class<?> plain = type == Long.class ? long.class : (Class<?>) type;
    Form simple = SIMPLE.get(plain);
    if (simple != null) {
      return simple;
    }
    if (plain.isEnum()) {
      Object[] constants = plain.getEnumConstants();
      return form(
          (to, value) -> to.appendInt(((Enum<?>) value).ordinal()),
          from -> constants[from.number()]);
    }
    if (plain.isRecord()) {
      return ofRecord(plain);
    }
    if (plain.isSealed()) {
      return ofSealed(plain.getPermittedSubclasses());
    }
    throw new AssertionError("no form for " + type);
  }

  private static final Map<Class<?>, Form> SIMPLE =
      Map.of(
          boolean.class,
              form((to, v) -> to.appendByte((byte) ((boolean) v ? 1 : 0)), Forms::readFlag),
          int.class, form((to, v) -> to.appendInt((int) v), Source::number),
          long.class, form((to, v) -> to.appendLong((long) v), Source::large),
          String.class, form((to, v) -> writeText(to, (String) v), Source::text),
          Buffer.class, form((to, v) -> writeBytes(to, (Buffer) v), Source::bytes),
          Instant.class, form((to, v) -> writeInstant(to, (Instant) v), Forms::readInstant),
          Duration.class, form((to, v) -> writeDuration(to, (Duration) v), Forms::readDuration),
          ZoneId.class,
              form((to, v) -> writeText(to, ((ZoneId) v).getId()), from -> ZoneId.of(from.text())),
          TraceContext.class, form((to, v) -> writeTrace(to, (TraceContext) v), Forms::readTrace));

  private static Object readFlag(Source from) {
    return from.bytes.getByte(from.at++) != 0;
  }

  private static void writeInstant(Buffer to, Instant time) {
    to.appendLong(time.getEpochSecond()).appendInt(time.getNano());
  }

  private static Object readInstant(Source from) {
    return Instant.ofEpochSecond(from.large(), from.number());
  }

  private static void writeDuration(Buffer to, Duration span) {
    to.appendLong(span.getSeconds()).appendInt(span.getNano());
  }

  private static Object readDuration(Source from) {
    return Duration.ofSeconds(from.large(), from.number());
  }

  private static void writeTrace(Buffer to, TraceContext trace) {
    writeText(to, trace.exists() ? trace.traceparent() : "");
    writeText(to, trace.state());
  }

  private static Object readTrace(Source from) {
    String parent = from.text();
    return TraceContext.parse(parent, from.text());
  }

  private static Form form(BiConsumer<Buffer, Object> writer, Function<Source, Object> reader) {
    return new Form() {
      @Override
      public void write(Buffer to, Object value) {
        writer.accept(to, value);
      }

      @Override
      public Object read(Source from) {
        return reader.apply(from);
      }
    };
  }

  private static Form ofMany(ParameterizedType type) {
    Form item = form(type.getActualTypeArguments()[0]);
    Class<?> raw = (Class<?>) type.getRawType();
    if (raw == Optional.class) {
      return form(
          (to, value) -> writeAll(to, item, ((Optional<?>) value).stream().toList()),
          from -> readAll(from, item).stream().findFirst());
    }
    if (raw == List.class) {
      return form((to, value) -> writeAll(to, item, (List<?>) value), from -> readAll(from, item));
    }
    if (raw == Set.class) {
      return form(
          (to, value) -> writeAll(to, item, List.copyOf((Set<?>) value)),
          from -> new HashSet<>(readAll(from, item)));
    }
    if (raw == Map.class) {
      return ofMap(item, form(type.getActualTypeArguments()[1]));
    }
    throw new AssertionError("no form for " + type);
  }

  private static void writeAll(Buffer to, Form item, List<?> values) {
    to.appendInt(values.size());
    values.forEach(value -> item.write(to, value));
  }

  private static List<Object> readAll(Source from, Form item) {
    int count = from.length();
    List<Object> values = new ArrayList<>(Math.min(count, JobBatch.MAX_SIZE));
    for (int i = 0; i < count; i++) {
      values.add(item.read(from));
    }
    return values;
  }

  private static Form ofMap(Form key, Form value) {
    return form(
        (to, map) -> {
          writeAll(to, key, List.copyOf(((Map<?, ?>) map).keySet()));
          ((Map<?, ?>) map).keySet().forEach(k -> value.write(to, ((Map<?, ?>) map).get(k)));
        },
        from -> {
          Map<Object, Object> map = new HashMap<>();
          for (Object k : readAll(from, key)) {
            map.put(k, value.read(from));
          }
          return map;
        });
  }

  private static Form ofSealed(Class<?>[] kinds) {
    List<Class<?>> all = List.of(kinds);
    return form(
        (to, value) -> {
          to.appendInt(all.indexOf(value.getClass()));
          form(value.getClass()).write(to, value);
        },
        from -> form(all.get(from.number())).read(from));
  }

  private static Form ofRecord(Class<?> type) {
    RecordComponent[] parts = type.getRecordComponents();
    Class<?>[] types = new Class<?>[parts.length];
    Form[] forms = new Form[parts.length];
    for (int i = 0; i < parts.length; i++) {
      types[i] = parts[i].getType();
      forms[i] = form(parts[i].getGenericType());
    }
    Constructor<?> constructor = constructor(type, types);
    return form(
        (to, value) -> {
          for (int i = 0; i < parts.length; i++) {
            forms[i].write(to, component(parts[i], value));
          }
        },
        from -> {
          Object[] values = new Object[parts.length];
          for (int i = 0; i < parts.length; i++) {
            values[i] = forms[i].read(from);
          }
          return create(constructor, values);
        });
  }

  private static Constructor<?> constructor(Class<?> type, Class<?>[] types) {
    try {
      return type.getDeclaredConstructor(types);
    } catch (NoSuchMethodException impossible) {
      throw new AssertionError("every record has its canonical constructor", impossible);
    }
  }

  private static Object component(RecordComponent part, Object of) {
    try {
      return part.getAccessor().invoke(of);
    } catch (ReflectiveOperationException impossible) {
      throw new AssertionError("this room sees its own records", impossible);
    }
  }

  private static Object create(Constructor<?> constructor, Object[] values) {
    try {
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException refused) {
      throw new IllegalArgumentException("message: " + refused.getCause(), refused);
    }
  }
}
