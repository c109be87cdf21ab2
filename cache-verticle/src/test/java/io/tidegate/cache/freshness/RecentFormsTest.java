package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RecentFormsTest {
  @Property(tries = 200)
  void saysWhatTheFunctionSaysWhateverCameBefore(@ForAll @Size(max = 500) List<String> texts) {
    var forms = new RecentForms(text -> text.toUpperCase(Locale.ROOT));
    for (String text : texts) {
      assertThat(forms.of(text)).isEqualTo(text.toUpperCase(Locale.ROOT));
      assertThat(forms.of(text)).isEqualTo(text.toUpperCase(Locale.ROOT));
    }
  }

  @Test
  void worksOutWhatIsAskedAgainOnlyOnceUnlessItIsLong() {
    int[] calls = {0};
    var forms =
        new RecentForms(
            text -> {
              calls[0]++;
              return text;
            });
    forms.of("gzip, br");
    forms.of("gzip, br");
    assertThat(calls[0]).isEqualTo(1);
    forms.of("x".repeat(1000));
    forms.of("x".repeat(1000));
    assertThat(calls[0]).isEqualTo(3);
  }
}
