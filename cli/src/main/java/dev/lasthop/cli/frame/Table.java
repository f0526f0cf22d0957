package dev.lasthop.cli.frame;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells under each other: columns as wide as their widest cell, two blanks between, nothing after the last. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final List<Boolean> right;

    /** @param header the columns' names; one that starts with {@code >} is aligned to the right */
    public Table(String... header) {
        List<String> names = new ArrayList<>();
        right = new ArrayList<>();
        for (String name : header) {
            boolean toTheRight = name.startsWith(">");
            right.add(toTheRight);
            names.add(toTheRight ? name.substring(1) : name);
        }
        rows.add(names);
    }

    /** @throws IllegalArgumentException if there are not as many cells as columns */
    public Table row(Object... cells) {
        if (cells.length != right.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + right.size() + " columns");
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell.toString());
        }
        rows.add(row);
        return this;
    }

    public boolean isEmpty() {
        return rows.size() == 1;
    }

    /** Header and rows. */
    public List<String> lines() {
        return lines("", 0);
    }

    /** The rows alone, indented. */
    public List<String> body(String indent) {
        return lines(indent, 1);
    }

    private List<String> lines(String indent, int from) {
        int[] widths = new int[right.size()];
        for (List<String> row : rows.subList(from, rows.size())) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], Lines.width(row.get(column)));
            }
        }
        return rows.subList(from, rows.size()).stream()
                .map(row -> indent + line(row, widths))
                .toList();
    }

    private String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            String blanks = " ".repeat(widths[column] - Lines.width(cell));
            line.append(column == 0 ? "" : "  ").append(right.get(column) ? blanks + cell : cell + blanks);
        }
        return line.toString().stripTrailing();
    }
}
