package dev.lasthop.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * A test that needs root and the real kernel. It runs where {@code testing/bin/java} has given this process network and mount
 * namespaces of its own, and is skipped, with that reason, elsewhere.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("kernel")
@EnabledIfEnvironmentVariable(
        named = "LASTHOP_PRIVATE",
        matches = "yes",
        disabledReason = "needs root and namespaces of its own (testing/bin/java)")
public @interface KernelTest {}
