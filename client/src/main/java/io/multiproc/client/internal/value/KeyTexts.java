package io.multiproc.client.internal.value;

import io.multiproc.client.SerializationException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.error.ErrorCode;
import java.math.RoundingMode;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A JDK class whose objects are keys by a text that is the same exactly for equal ones.
 *
 * @param name under which it travels, for ever
 * @param text the text of an object
 * @param parse makes an equal object of it
 */
record KeyTexts<T>(String name, Class<T> type, Function<T, String> text, Function<String, T> parse) {
    private static final List<KeyTexts<?>> ALL = List.of(
            new KeyTexts<>("Year", Year.class, Year::toString, s -> Year.of(Integer.parseInt(s))),
            new KeyTexts<>("YearMonth", YearMonth.class, YearMonth::toString, YearMonth::parse),
            new KeyTexts<>("MonthDay", MonthDay.class, MonthDay::toString, MonthDay::parse),
            new KeyTexts<>("Period", Period.class, Period::toString, Period::parse),
            new KeyTexts<>("OffsetTime", OffsetTime.class, OffsetTime::toString, OffsetTime::parse),
            new KeyTexts<>("ZoneId", ZoneId.class, ZoneId::getId, ZoneId::of),
            new KeyTexts<>("URI", URI.class, KeyTexts::normal, URI::create),
            new KeyTexts<>("Locale", Locale.class, KeyTexts::tag, Locale::forLanguageTag),
            new KeyTexts<>("Currency", Currency.class, Currency::getCurrencyCode, Currency::getInstance));

    /** Enums that need no registration. */
    private static final Map<String, Class<?>> CONSTANTS = Stream.of(
                    DayOfWeek.class, Month.class, ChronoUnit.class, TimeUnit.class, RoundingMode.class)
            .collect(Collectors.toUnmodifiableMap(Class::getName, c -> c));

    /** Of an object's class, or null if it is none of these. */
    static @Nullable KeyTexts<?> of(Object value) {
        for (KeyTexts<?> t : ALL) {
            if (t.type.isInstance(value)) {
                return t;
            }
        }
        return null;
    }

    String textOf(Object value) {
        return text.apply(type.cast(value));
    }

    static Object read(String name, String text) {
        for (KeyTexts<?> t : ALL) {
            if (t.name.equals(name)) {
                try {
                    return t.parse.apply(text);
                } catch (RuntimeException e) {
                    throw SerializationException.reading("a received key is no " + name + ": " + text, e);
                }
            }
        }
        throw SerializationException.reading("a received key is a " + name + ", which this client does not know", null);
    }

    static @Nullable Class<?> constants(String className) {
        return CONSTANTS.get(className);
    }

    /** Scheme, host and the digits of escapes have no case. */
    private static String normal(URI uri) {
        String all = uri.toString();
        StringBuilder out = new StringBuilder(all);
        String scheme = uri.getScheme();
        int at = 0;
        if (scheme != null) {
            out.replace(0, scheme.length(), scheme.toLowerCase(Locale.ROOT));
            at = scheme.length() + 1;
        }
        String host = uri.getHost();
        if (host != null) {
            String user = uri.getRawUserInfo();
            int start = at + 2 + (user == null ? 0 : user.length() + 1);
            out.replace(start, start + host.length(), host.toLowerCase(Locale.ROOT));
        }
        for (int i = out.indexOf("%"); i >= 0 && i + 2 < out.length(); i = out.indexOf("%", i + 1)) {
            out.replace(i + 1, i + 3, out.substring(i + 1, i + 3).toUpperCase(Locale.ROOT));
        }
        String text = out.toString();
        if (!URI.create(text).equals(uri)) {
            throw new WrongTypeException(ErrorCode.UNHASHABLE, "unhashable: URI " + uri + " has no normal form", null);
        }
        return text;
    }

    private static String tag(Locale locale) {
        String tag = locale.toLanguageTag();
        if (!Locale.forLanguageTag(tag).equals(locale)) {
            throw new WrongTypeException(
                    ErrorCode.UNHASHABLE,
                    "unhashable: locale " + locale + " is not well-formed, so no language tag tells it",
                    null);
        }
        return tag;
    }
}
