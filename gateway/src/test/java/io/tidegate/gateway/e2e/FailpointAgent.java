package io.tidegate.gateway.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Enumeration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Ends the process at a place in the code of the gateway, which knows nothing of it: there is
 * nothing in the jar that could be switched on. Started with {@code -javaagent}.
 */
public final class FailpointAgent {
  /** What a process ends with that was ended here, as one that was killed. */
  static final int CODE = 137;

  /** What it ends with when the place is nowhere in the code any more. */
  private static final int NOWHERE = 3;

  private static final String ASM = "net/bytebuddy/jar/asm/";
  private static final AtomicInteger PASSES = new AtomicInteger();

  /** Where in a method. */
  enum When {
    ENTRY,
    EXIT,
    /** Some time, up to 2 ms, after the entry, and mostly before the exit. */
    DURING,
    /** At the exit, if the number that it returns is not 0. */
    NOT_IN_VAIN
  }

  private FailpointAgent() {}

  /** What makes a process end when it comes to a method the {@code passes + 1}th time. */
  static String flag(Path jar, String type, String method, When when, int passes) {
    return "-javaagent:" + jar + "=" + String.join(" ", type, method, when.name(), "" + passes);
  }

  /** A jar with the agent and what it needs. */
  static Path jar(Path folder) {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", FailpointAgent.class.getName());
    Path jar = folder.resolve("failpoints.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        var out = new JarOutputStream(file, manifest)) {
      String own = FailpointAgent.class.getName().replace('.', '/');
      Path classes = Ledger.classes();
      try (var files = Files.list(classes.resolve(own).getParent())) {
        for (Path each : files.filter(path -> isOwn(path.getFileName().toString())).toList()) {
          out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
          Files.copy(each, out);
        }
      }
      copyAsm(out);
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOwn(String file) {
    String name = FailpointAgent.class.getSimpleName();
    return file.startsWith(name + ".") || file.startsWith(name + "$");
  }

  private static void copyAsm(JarOutputStream out) throws IOException {
    Path source =
        Path.of(ClassReader.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    try (var from = new JarFile(source.toFile())) {
      for (Enumeration<JarEntry> all = from.entries(); all.hasMoreElements(); ) {
        JarEntry each = all.nextElement();
        if (each.getName().startsWith(ASM) && !each.isDirectory()) {
          out.putNextEntry(new JarEntry(each.getName()));
          try (InputStream bytes = from.getInputStream(each)) {
            bytes.transferTo(out);
          }
        }
      }
    }
  }

  /** Arguments: class, method, when, and how often to pass it before, separated by spaces. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    String[] words = arguments.split(" ");
    PASSES.set(Integer.parseInt(words[3]));
    instrumentation.addTransformer(
        new Insertion(words[0].replace('.', '/'), words[1], When.valueOf(words[2])));
  }

  /** Called from the place. */
  public static void reached() {
    if (PASSES.getAndDecrement() == 0) {
      Runtime.getRuntime().halt(CODE);
    }
  }

  /** Called from the place, with what the method returns. */
  public static void reached(int result) {
    if (result != 0) {
      reached();
    }
  }

  /** Called from the place, which goes on meanwhile. */
  public static void soon() {
    if (PASSES.getAndDecrement() == 0) {
      var killer =
          new Thread(
              () -> {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(2_000_000));
                Runtime.getRuntime().halt(CODE);
              });
      killer.setPriority(Thread.MAX_PRIORITY);
      killer.start();
    }
  }

  private record Insertion(String type, String method, When when) implements ClassFileTransformer {
    @Override
    public byte[] transform(
        ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] code) {
      if (!type.equals(name)) {
        return null;
      }
      var found = new AtomicInteger();
      var reader = new ClassReader(code);
      var writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
      reader.accept(
          new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public MethodVisitor visitMethod(
                int access, String called, String form, String generic, String[] thrown) {
              MethodVisitor to = super.visitMethod(access, called, form, generic, thrown);
              if (!called.equals(method)) {
                return to;
              }
              found.incrementAndGet();
              return new Calls(to, when);
            }
          },
          0);
      if (found.get() == 0) {
        System.err.println("no method " + method + " in " + type);
        Runtime.getRuntime().halt(NOWHERE);
      }
      return writer.toByteArray();
    }
  }

  private static final class Calls extends MethodVisitor {
    private static final String OWNER = FailpointAgent.class.getName().replace('.', '/');
    private final When when;

    private Calls(MethodVisitor to, When when) {
      super(Opcodes.ASM9, to);
      this.when = when;
    }

    @Override
    public void visitCode() {
      super.visitCode();
      if (when == When.ENTRY) {
        call("reached", "()V");
      } else if (when == When.DURING) {
        call("soon", "()V");
      }
    }

    @Override
    public void visitInsn(int code) {
      if (when == When.EXIT && code >= Opcodes.IRETURN && code <= Opcodes.RETURN) {
        call("reached", "()V");
      } else if (when == When.NOT_IN_VAIN && code == Opcodes.IRETURN) {
        super.visitInsn(Opcodes.DUP);
        call("reached", "(I)V");
      }
      super.visitInsn(code);
    }

    private void call(String method, String form) {
      visitMethodInsn(Opcodes.INVOKESTATIC, OWNER, method, form, false);
    }
  }
}
