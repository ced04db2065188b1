// Version 4: which queues a worker takes from, so that `status` and `why` can say that nobody serves
// one. JSON, a list of names.

extension Schema {
    static let version4 = """
        ALTER TABLE owners ADD COLUMN queues TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(queues));
        """
}
