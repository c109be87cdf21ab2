package io.tidegate.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.PurgeOrder.Kind;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Nodes that tell each other, over a bus that loses what it likes. */
class NewsTest {
  private final News teller = new News();
  private final News hearer = new News();
  private final Set<PurgeOrder> known = new HashSet<>();

  private void hear(JsonObject message) {
    known.addAll(hearer.newIn(new JsonObject(message.encode()))); // As it comes over the wire.
  }

  private static PurgeOrder order(int number) {
    return new PurgeOrder(Kind.TAG, "t" + number, number % 2 == 0);
  }

  @Property(tries = 1000)
  void whatIsRepeatedMendsWhateverWasLost(@ForAll @Size(max = 200) List<Boolean> arrives) {
    boolean met = false;
    for (int i = 0; i < arrives.size(); i++) {
      JsonObject message = teller.of(order(i));
      if (arrives.get(i)) {
        hear(message);
        met = true;
      }
    }
    if (met) {
      hear(teller.repeated());
      boolean all = known.contains(new PurgeOrder(Kind.ALL, "", false));
      for (int i = 0; i < arrives.size() && !all; i++) {
        boolean beforeTheyMet = i < arrives.indexOf(true) && arrives.size() > 64;
        assertThat(known.contains(order(i)) || beforeTheyMet).as("order %s", i).isTrue();
      }
    }
  }

  @Example
  void whatWasLostBeforeTheFirstThatArrivesIsMendedToo() {
    teller.of(order(0));
    hear(teller.of(order(1)));
    hear(teller.repeated());
    assertThat(known).containsExactlyInAnyOrder(order(0), order(1));
  }

  @Example
  void nothingIsHeardTwice() {
    hear(teller.of(order(1)));
    assertThat(hearer.newIn(teller.repeated())).isEmpty();
  }

  @Example
  void nobodyHearsItself() {
    assertThat(teller.newIn(teller.of(order(1)))).isEmpty();
    assertThat(teller.changedIn(teller.changed(List.of("k")))).isEmpty();
    assertThat(hearer.changedIn(teller.changed(List.of("k")))).containsExactly("k");
  }
}
