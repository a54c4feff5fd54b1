/**
 * The part of IndexedDB that the outbox uses: stores with in-line keys, keys in ascending order, one unique index,
 * transactions that run one after the other and are undone when something fails. It lives as long as the object.
 */
export class IndexedDatabaseDouble {
  /** @type {Map<string, Map<string, Table>>} */
  databases = new Map();
  /** Whether every write fails, as when the disk is full. */
  full = false;

  /** @param {string} name */
  open(name) {
    const fresh = !this.databases.has(name);
    const tables = this.databases.get(name) ?? new Map();
    this.databases.set(name, tables);
    const database = {
      createObjectStore: (/** @type {string} */ store, /** @type {any} */ options) => {
        const table = new Table(options);
        tables.set(store, table);
        return { createIndex: (/** @type {string} */ _name, /** @type {string} */ path) => void (table.unique = path) };
      },
      transaction: (/** @type {string} */ store) => new Transaction(this, /** @type {Table} */ (tables.get(store))),
    };
    const request = /** @type {any} */ ({ result: database });
    queueMicrotask(() => {
      if (fresh) request.onupgradeneeded();
      request.onsuccess();
    });
    return request;
  }

  /** This object with the type of the platform. @returns {IDBFactory} */
  get factory() {
    return /** @type {any} */ (this);
  }
}

class Table {
  /** @param {{keyPath: string, autoIncrement?: boolean}} options */
  constructor({ keyPath, autoIncrement = false }) {
    this.keyPath = keyPath;
    this.autoIncrement = autoIncrement;
    this.unique = "";
    this.last = 0;
    /** @type {Map<any, any>} */
    this.rows = new Map();
    /** @type {Promise<void>} */
    this.tail = Promise.resolve();
  }
}

class Transaction {
  /** @type {(() => void)[]} */
  #work = [];
  /** @type {any} */
  error = null;
  oncomplete = () => {};
  onabort = () => {};

  /**
   * @param {IndexedDatabaseDouble} database
   * @param {Table} table
   */
  constructor(database, table) {
    this.database = database;
    this.table = table;
    table.tail = table.tail.then(() => this.#run());
  }

  objectStore() {
    return {
      getAll: () => this.#request(() => this.#rows()),
      add: (/** @type {any} */ row) => this.#request(() => this.#put(row, true)),
      put: (/** @type {any} */ row) => this.#request(() => this.#put(row, false)),
      delete: (/** @type {any} */ key) => this.#request(() => void this.table.rows.delete(key)),
      index: () => ({ getKey: (/** @type {any} */ value) => this.#request(() =>
        [...this.table.rows].find(([, row]) => row[this.table.unique] === value)?.[0]) }),
    };
  }

  /** @param {() => any} work */
  #request(work) {
    const request = /** @type {any} */ ({ result: undefined, onsuccess: null });
    this.#work.push(() => {
      request.result = work();
      request.onsuccess?.();
    });
    return request;
  }

  #rows() {
    const sorted = [...this.table.rows].sort(([first], [second]) => (first < second ? -1 : 1));
    return structuredClone(sorted.map(([, row]) => row));
  }

  #run() {
    const before = [new Map(this.table.rows), this.table.last];
    try {
      for (let step = this.#work.shift(); step; step = this.#work.shift()) step();
    } catch (error) {
      [this.table.rows, this.table.last] = /** @type {[Map<any, any>, number]} */ (before);
      this.error = error;
      this.onabort();
      return;
    }
    this.oncomplete();
  }

  /**
   * @param {any} row
   * @param {boolean} isNew
   */
  #put(row, isNew) {
    const { table, database } = this;
    if (database.full) throw new DOMException("The disk is full.", "QuotaExceededError");
    const clash = table.unique && [...table.rows.values()].some((other) => other[table.unique] === row[table.unique]);
    if (isNew && clash) throw new DOMException("The id is taken.", "ConstraintError");
    const key = table.autoIncrement ? (table.last += 1) : row[table.keyPath];
    table.rows.set(key, structuredClone({ ...row, [table.keyPath]: key }));
  }
}
