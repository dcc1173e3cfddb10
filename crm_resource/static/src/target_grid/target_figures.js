/** What the grid of targets shows, computed from what the server says and what is typed. */

export const MONTHS = [...Array(12).keys()];
const CENT = 0.005;

/** Columns of the table: three months and their quarter, four times, and the year. */
export const COLUMNS = [
    ...MONTHS.flatMap((month) =>
        month % 3 === 2
            ? [{ month }, { sum: "Q", number: (month + 1) / 3, months: [month - 2, month - 1, month] }]
            : [{ month }]
    ),
    { sum: "Y", number: 0, months: MONTHS },
];

export const getKey = (row, month, figure) => `${row.key}|${month}|${figure}`;

/** A value as it is typed, or as the server says it; null: not set. */
function getValue(row, month, figure, edits) {
    const key = getKey(row, month, figure);
    return key in edits ? edits[key] : row[figure][month];
}

function getAmounts(row, months, edits) {
    const amounts = { target: 0, stretch: 0, due: 0, achieved: 0, forecast: 0, isSet: false };
    for (const month of months) {
        const target = getValue(row, month, "target", edits);
        amounts.isSet ||= target !== null;
        amounts.target += (target || 0) * row.share[month];
        amounts.stretch += (getValue(row, month, "stretch", edits) || 0) * row.share[month];
        amounts.due += (target || 0) * row.over[month];
        amounts.achieved += row.achieved?.[month] || 0;
        amounts.forecast += row.forecast?.[month] || 0;
    }
    return amounts;
}

/** The targets right below a row, null if none is set. */
function getBelow(children, months, edits, figure) {
    let below = null;
    for (const child of children) {
        for (const month of months) {
            const value = getValue(child, month, figure, edits);
            if (value !== null && child.is_readable) {
                below = (below || 0) + value * child.share[month];
            }
        }
    }
    return below;
}

function getCell(row, children, column, shown, edits, isClosed) {
    const months = column.months || [column.month];
    const amounts = getAmounts(row, months, edits);
    const cell = { isSum: Boolean(column.months), isClosed, amounts, shown: null, below: null };
    const isTyped = shown === "target" || shown === "stretch";
    if (isTyped) {
        cell.below = getBelow(children, months, edits, shown);
        cell.shown = column.months
            ? (amounts.isSet ? amounts[shown] : null)
            : getValue(row, column.month, shown, edits);
        cell.isPart = !column.months && row.share[column.month] !== 1;
        cell.isEdited = !column.months && getKey(row, column.month, shown) in edits;
    } else if (shown === "achieved") {
        cell.shown = row.achieved ? amounts.achieved : null;
    } else {
        cell.shown = row.achieved
            ? Math.max(amounts.target - amounts.achieved - amounts.forecast, 0)
            : null;
    }
    cell.isEditable = isTyped && !column.months && row.is_settable && !isClosed;
    cell.isMismatch =
        shown === "target" &&
        amounts.isSet &&
        cell.below !== null &&
        Math.abs(cell.below - amounts.target) >= CENT;
    cell.isBehind = Boolean(row.achieved) && amounts.achieved + CENT < amounts.due;
    return cell;
}

/**
 * Compute the rows of the table.
 *
 * @param {Object} grid as `get_grid` returns it
 * @param {string} shown "target", "stretch", "achieved" or "shortage"
 * @param {Object} edits typed values by `getKey`
 * @returns {Array} the rows, each with its `cells`
 */
export function computeRows(grid, shown, edits) {
    const children = {};
    for (const row of grid.rows) {
        (children[row.parent] ||= []).push(row);
    }
    return grid.rows.map((row) => {
        const cells = row.is_readable
            ? COLUMNS.map((column) =>
                  getCell(
                      row,
                      children[row.key] || [],
                      column,
                      shown,
                      edits,
                      column.months ? false : grid.months[column.month].is_closed
                  )
              )
            : [];
        const year = cells.at(-1);
        return {
            ...row,
            cells,
            hasChildren: Boolean(children[row.key]),
            isNotSet: MONTHS.some(
                (month) =>
                    row.is_readable &&
                    !grid.months[month].is_closed &&
                    getValue(row, month, "target", edits) === null
            ),
            isMismatch: cells.some((cell) => cell.isMismatch),
            isBehind: Boolean(year?.isBehind),
        };
    });
}

/**
 * Read cells that were copied from a spreadsheet.
 *
 * @param {string} text lines of cells separated by tabs
 * @param {Function} parse reads a number, or throws
 * @returns {Array} lists of numbers, null where a cell is empty
 */
export function readCells(text, parse) {
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    return lines.map((line) =>
        line.split("\t").map((cell) => (cell.trim() ? parse(cell.trim()) : null))
    );
}
