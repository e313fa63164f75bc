#pragma once
// A SQLite database: connections, statements and transactions whose failures are Results. Only this folder sees SQLite.
// Source: sqlite.org/c3ref; sqlite.org/wal.html for what a kill leaves.
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace strata::index {

class Database;

/// A prepared statement. Its values are set in the order of its question marks. Use it from one thread at a time; the
/// database must outlive it.
class Statement {
  public:
    // These add the value of the next question mark. Bytes are copied.
    Statement& add(std::int64_t number);
    Statement& add(std::uint64_t number) { return add(static_cast<std::int64_t>(number)); }
    Statement& add(int number) { return add(std::int64_t{number}); }
    Statement& add(BytesView bytes);
    Statement& add(std::string_view text);
    Statement& add_null();

    /// Goes to the next row; false at the end, where the statement becomes ready for new values. Errors: io, no_space,
    /// busy, cancelled (see Database::stop_when), verification for a damaged file.
    Result<bool> step();
    /// Runs a statement that gives no rows.
    Status run();

    // Columns of the present row, counted from 0.
    std::int64_t number(int column) const;
    std::uint64_t unsigned_number(int column) const { return static_cast<std::uint64_t>(number(column)); }
    bool is_null(int column) const;
    Bytes bytes(int column) const;

  private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
    Statement& took(int code);
    void reset();

    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int next_ = 1;
    int failed_ = 0;  // the first code of add() that was not OK
};

/// A connection. Use it from one thread at a time; several connections to one file may be used at once.
class Database {
  public:
    /// Opens or creates a file with a write-ahead log. Errors: io; verification if the file is not a database.
    static Result<Database> open(const std::filesystem::path& file);
    /// Opens an existing file for reading.
    static Result<Database> open_to_read(const std::filesystem::path& file);

    Result<Statement> prepare(std::string_view sql);
    /// Runs one or more statements without values.
    Status run(const char* sql);
    /// Asks now and then, while a statement runs; if the answer is true, the statement ends with the error `cancelled`.
    void stop_when(std::function<bool()> asked);
    std::int64_t last_row() const;

  private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    explicit Database(sqlite3* database) : database_(database) {}
    static Result<Database> open_as(const std::filesystem::path& file, int flags);

    std::unique_ptr<std::function<bool()>> stop_;
    std::unique_ptr<sqlite3, Close> database_;
};

/// Takes back everything that was written since it was made, unless commit() ended it.
class Transaction {
  public:
    static Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Status commit();

  private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

}  // namespace strata::index
