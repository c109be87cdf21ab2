package io.tidegate.gateway.upstream;

import java.util.Arrays;

/**
 * Who may be chosen at the moment; immutable, replaced whenever that changes.
 *
 * <p>Below half usable ("panic", semantics as Envoy's) first attempts go to every endpoint, because
 * the few left would drown in the load of all, and a verdict against most is more often wrong than
 * right. Attempts after a failure still go to the usable ones. Only when active checks say of every
 * endpoint that it is down is there nobody to choose: ejections alone never lead there, as the last
 * usable endpoint is never ejected.
 *
 * @param members all endpoints
 * @param usable those neither ejected nor found unhealthy
 * @param panic whether first attempts go to all
 * @param nextReturn when the first ejection ends; {@link Long#MAX_VALUE} while there is none
 * @param first chooses for a first attempt; null: nobody
 * @param again chooses after a failed attempt; null: nobody
 */
record Selection(
    Endpoint[] members,
    Endpoint[] usable,
    boolean panic,
    long nextReturn,
    Balancer.Picker first,
    Balancer.Picker again) {

  static final long NEVER = Long.MAX_VALUE;
  private static final double PANIC_BELOW = 0.5;

  static Selection of(Endpoint[] members, Balancer balancer) {
    Endpoint[] usable = Arrays.stream(members).filter(Endpoint::usable).toArray(Endpoint[]::new);
    boolean anyHealthy = Arrays.stream(members).anyMatch(Endpoint::healthy);
    boolean panic = anyHealthy && usable.length < PANIC_BELOW * members.length;
    Balancer.Picker all = panic ? balancer.among(members) : null;
    Balancer.Picker some = usable.length > 0 ? balancer.among(usable) : all;
    return new Selection(members, usable, panic, nextReturn(members), panic ? all : some, some);
  }

  private static long nextReturn(Endpoint[] members) {
    long next = NEVER;
    for (Endpoint member : members) {
      if (member.ejected() && (next == NEVER || member.ejectedUntil() - next < 0)) {
        next = member.ejectedUntil();
      }
    }
    return next;
  }

  Endpoint pick(long hash, Endpoint avoid) {
    Balancer.Picker picker = avoid == null ? first : again;
    return picker == null ? null : picker.pick(hash, avoid);
  }
}
