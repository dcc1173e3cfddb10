/** Size of a box, and the space between boxes, in pixels. */
export const BOX = { width: 190, height: 96 };
const SPACE = { x: 20, y: 44 };

/**
 * Arrange people as trees by whom they report to, superiors above the middle of their
 * people.
 *
 * @param {{id: number, parentId: number|false}[]} people
 * @returns {{boxes: Object<number, {x: number, y: number}>, lines: string[], width: number,
 *     height: number}} `boxes` by id, `lines` as paths of an SVG
 */
export function arrange(people) {
    const ids = new Set(people.map((person) => person.id));
    const below = Map.groupBy(people, (person) =>
        ids.has(person.parentId) ? person.parentId : false
    );
    const boxes = {};
    const lines = [];
    let columns = 0;
    let rows = 0;

    function place(person, row) {
        rows = Math.max(rows, row + 1);
        const people = below.get(person.id) || [];
        const columnsBelow = people.map((other) => place(other, row + 1));
        const column = people.length
            ? (columnsBelow.at(0) + columnsBelow.at(-1)) / 2
            : columns++;
        boxes[person.id] = {
            x: column * (BOX.width + SPACE.x),
            y: row * (BOX.height + SPACE.y),
        };
        return column;
    }

    for (const person of below.get(false) || []) {
        place(person, 0);
    }
    for (const person of people) {
        const upper = boxes[person.parentId];
        const lower = boxes[person.id];
        if (upper && lower) {
            const half = BOX.width / 2;
            const middle = lower.y - SPACE.y / 2;
            lines.push(
                `M${upper.x + half} ${upper.y + BOX.height} V${middle} H${lower.x + half} V${lower.y}`
            );
        }
    }
    return {
        boxes,
        lines,
        width: Math.max(columns * (BOX.width + SPACE.x) - SPACE.x, 0),
        height: Math.max(rows * (BOX.height + SPACE.y) - SPACE.y, 0),
    };
}
