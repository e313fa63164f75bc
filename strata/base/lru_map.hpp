#pragma once
// A map of bounded size that drops the entry which was used longest ago. Not thread-safe: its owner must lock it.
#include <cstddef>
#include <list>
#include <map>
#include <utility>

namespace strata {

template <class Key, class Value>
class LruMap {
  public:
    /// Holds at most `capacity` entries, at least one.
    explicit LruMap(std::size_t capacity) : capacity_(capacity) {}

    /// Returns the value of `key`, and makes it the most recently used; null if there is none. Valid until the next
    /// change.
    Value* find(const Key& key) {
        const auto it = places_.find(key);
        if (it == places_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, it->second);
        return &it->second->second;
    }
    bool contains(const Key& key) const { return places_.contains(key); }

    /// Sets the value of `key` and makes it the newest.
    void put(const Key& key, Value value) {
        if (Value* const known = find(key)) {
            *known = std::move(value);
            return;
        }
        if (places_.size() >= capacity_) {
            places_.erase(entries_.back().first);
            entries_.pop_back();
        }
        entries_.emplace_front(key, std::move(value));
        places_.emplace(key, entries_.begin());
    }
    void erase(const Key& key) {
        const auto it = places_.find(key);
        if (it == places_.end()) return;
        entries_.erase(it->second);
        places_.erase(it);
    }
    std::size_t size() const { return places_.size(); }

  private:
    using Entries = std::list<std::pair<Key, Value>>;
    std::size_t capacity_;
    Entries entries_;  // the newest first
    std::map<Key, typename Entries::iterator> places_;
};

}  // namespace strata
