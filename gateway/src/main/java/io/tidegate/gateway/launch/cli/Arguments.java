package io.tidegate.gateway.launch.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Arguments sorted into words and options. An option's value follows it, or stands behind a {@code
 * =}; after {@code --} all are words.
 */
final class Arguments {
  private final List<String> words = new ArrayList<>();
  private final Map<String, List<String>> options = new HashMap<>();

  /**
   * @param valued options that take a value, with their short forms
   * @param flags options that take none
   * @throws WrongUsage on any other option, and on one without its value
   */
  Arguments(List<String> arguments, Map<String, String> valued, Set<String> flags) {
    boolean onlyWords = false;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (onlyWords || !argument.startsWith("-") || argument.equals("-")) {
        words.add(argument);
      } else if (argument.equals("--")) {
        onlyWords = true;
      } else if (flags.contains(argument)) {
        put(argument, "");
      } else if (!valued.containsKey(name)) {
        throw new WrongUsage("unknown option " + name);
      } else if (equals >= 0) {
        put(valued.get(name), argument.substring(equals + 1));
      } else if (i + 1 < arguments.size()) {
        put(valued.get(name), arguments.get(++i));
      } else {
        throw new WrongUsage(name + " needs a value");
      }
    }
  }

  private void put(String name, String value) {
    options.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  /**
   * The words, as many as there are names.
   *
   * @throws WrongUsage when there are more or fewer
   */
  List<String> words(String... names) {
    if (words.size() < names.length) {
      throw new WrongUsage(names[words.size()] + " is missing");
    }
    if (words.size() > names.length) {
      throw new WrongUsage("one argument too many: " + words.get(names.length));
    }
    return words;
  }

  /**
   * The words, at least as many as there are names; the last may be several.
   *
   * @throws WrongUsage when there are fewer
   */
  List<String> wordsAndMore(String... names) {
    if (words.size() < names.length) {
      throw new WrongUsage(names[words.size()] + " is missing");
    }
    return words;
  }

  boolean has(String flag) {
    return options.containsKey(flag);
  }

  /** Every value of the option, in order. */
  List<String> all(String option) {
    return options.getOrDefault(option, List.of());
  }

  /**
   * The value of an option that may be given once.
   *
   * @throws WrongUsage when it is given more often
   */
  Optional<String> one(String option) {
    List<String> values = all(option);
    if (values.size() > 1) {
      throw new WrongUsage(option + " is given twice");
    }
    return values.stream().findFirst();
  }
}
