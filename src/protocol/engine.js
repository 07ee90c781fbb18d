/** The edits of a project that change the picture, lowest first. */
export function activeEdits(project) {
    return project.edits.filter((edit) => edit.enabled);
}
