#pragma once
// Stores small records in addition to the blocks: heads, indexes, keys, sectors, deals. Keys are strings that begin
// with the name of their user ("chain/", "wallet/", "provider/" ...). The name also decides in which database a record
// is kept: "chain/" is for records that can be rebuilt from blocks; all others cannot be recreated
// (store/repository.hpp). Values are bytes. A batch is written completely or not at all. Implementations:
// MemoryKeyValue (here), RocksDB (store/rocks_store.hpp). Thread-safe.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/base/mutex.hpp>
#include <strata/base/result.hpp>

namespace strata::store {

struct Write {
    std::string key;
    std::optional<Bytes> value;  // empty if the key is to be removed
};

class KeyValue {
  public:
    virtual ~KeyValue() = default;
    virtual Result<std::optional<Bytes>> get(std::string_view key) = 0;
    /// Writes a batch, which is durable when this returns.
    virtual Status write(const std::vector<Write>& batch) = 0;
    /// Visits the keys that begin with `prefix` in ascending order; stops early when `visit` returns false.
    using Visit = std::function<Result<bool>(std::string_view key, BytesView value)>;
    virtual Status for_each(std::string_view prefix, const Visit& visit) = 0;

    Status put(std::string_view key, BytesView value) { return write({{std::string(key), to_bytes(value)}}); }
    Status remove(std::string_view key) { return write({{std::string(key), std::nullopt}}); }
};

class MemoryKeyValue final : public KeyValue {
  public:
    Result<std::optional<Bytes>> get(std::string_view key) override;
    Status write(const std::vector<Write>& batch) override;
    Status for_each(std::string_view prefix, const Visit& visit) override;

  private:
    Mutex mutex_;
    std::map<std::string, Bytes, std::less<>> entries_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::store
