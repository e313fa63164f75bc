#pragma once
// Values that take long to load, such as proof keys of many gigabytes.
#include <map>
#include <memory>
#include <utility>

#include <strata/base/mutex.hpp>
#include <strata/base/result.hpp>

namespace strata {

/// Loads the value of each key once, however many threads ask for it, and keeps it. A thread waits only while the value
/// that it asked for is loaded; values that are kept, and other keys, are never held up. Thread-safe.
template <class Key, class Value>
class LoadOnce {
  public:
    using Shared = std::shared_ptr<const Value>;

    /// `load` returns a Result<Value> and is called without a lock. Errors: those of `load`; nothing is kept then, and
    /// the next caller loads again.
    template <class Load>
    Result<Shared> get(const Key& key, const Load& load) STRATA_EXCLUDES(mutex_) {
        if (auto kept = kept_or_claimed(key)) return kept;
        const Claim claim(*this, key);
        STRATA_TRY(auto value, load());
        return keep(key, std::make_shared<const Value>(std::move(value)));
    }

    /// Forgets the values that are kept. A value that is being loaded now will still be kept.
    void clear() STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        std::erase_if(entries_, [](const auto& entry) { return !entry.second.loading; });
    }

  private:
    struct Entry {
        bool loading = false;
        Shared value;
    };
    /// Ends this thread's loading of a key, also after an error.
    class Claim {
      public:
        Claim(LoadOnce& owner, const Key& key) : owner_(owner), key_(key) {}
        ~Claim() { owner_.release(key_); }
        Claim(const Claim&) = delete;
        Claim& operator=(const Claim&) = delete;

      private:
        LoadOnce& owner_;
        const Key& key_;
    };

    /// Returns the value if it is kept; waits if a different thread loads it. Returns null if the caller is to load it.
    Shared kept_or_claimed(const Key& key) STRATA_EXCLUDES(mutex_) {
        Lock lock(mutex_);
        while (entries_[key].loading) loaded_.wait(lock);
        auto& entry = entries_[key];
        entry.loading = entry.value == nullptr;
        return entry.value;
    }
    Shared keep(const Key& key, Shared value) STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        return entries_[key].value = std::move(value);
    }
    void release(const Key& key) STRATA_EXCLUDES(mutex_) {
        {
            const Lock lock(mutex_);
            entries_[key].loading = false;
        }
        loaded_.notify_all();
    }

    Mutex mutex_;
    Condition loaded_;
    std::map<Key, Entry> entries_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata
