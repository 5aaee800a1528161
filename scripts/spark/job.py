#!/usr/bin/env python3
"""laps, stints and what was done in each lap, from f1-kafka's JSON topics to PostgreSQL, by Spark Structured Streaming

A micro-batch is kept as Parquet, by session and under its own number, so that one that is repeated after a crash overwrites
itself. Then the sessions that it told of are computed anew from all that is known of them, and replace their rows in one
transaction. So the tables depend on the records only, not on batches, restarts, late or doubled messages.

The watermark is on the silence of a session, not on the time that messages tell: a capture of last year may be sent while a
race is on, and is as new as that. A session of which nothing came for so long is closed: its records go, its rows stay, and
what still comes of it is dropped, counted and said. None is closed while the job is behind: what came while it was not
running is not late, however long that was.

Flashbacks: the frame goes back and counts on from there. What was driven between is taken back: of each pass the frames
before the first frame of any later pass stay.
"""
# SPDX-License-Identifier: MIT
import argparse
import csv
import re
import time

from pyspark.sql import SparkSession, Window, functions as F
from pyspark.sql import types as T

# what is needed of each topic; the types come from the layouts
FIELDS = {
    'lap_data': ['current_lap_num', 'current_lap_time_in_ms', 'current_lap_time', 'last_lap_time_in_ms', 'last_lap_time', 'pit_status',
                 'result_status', 'car_position', 'current_lap_invalid'],
    'car_telemetry': ['speed', 'throttle'],
    'car_status': ['fuel_in_tank', 'visual_tyre_compound', 'tyre_visual_compound', 'tyre_compound', 'tyres_age_laps', 'tyres_wear'],
    'car_damage': ['tyres_wear'],
    'lap_history': ['lap_time_in_ms', 'lap_valid_bit_flags'],
    'lap_positions': ['position'],
    'participants': ['your_telemetry'],
}
STATES = 'lap_history', 'lap_positions', 'participants'      # which a packet behind the end of a session may tell as well
# wider types later, since a year may have another one
TYPES = {'u8': T.ShortType(), 'i8': T.ShortType(), 'i16': T.ShortType(), 'u16': T.IntegerType(), 'u32': T.LongType(), 'u64': T.LongType(),
         'f32': T.FloatType(), 'f64': T.DoubleType(), 'char': T.StringType()}
WIDTH = {name: place for place, name in enumerate(TYPES)}
HEAD = [('packet_format', 'u16'), ('session_uid', 'char'), ('session_time', 'f32'), ('frame_identifier', 'u32'),
        ('overall_frame_identifier', 'u32'), ('player_car_index', 'u8'), ('car', 'u8'), ('lap_num', 'u8')]
BACK = 60       # frames: before 2023 a smaller step back is a datagram that was late
FULL = 0.98     # of the throttle


def schemas(layout):
    """of each topic's JSON: what f1-decode --layout says"""
    found = {}
    with open(layout, newline='') as f:
        for row in csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE):
            wanted = FIELDS.get(row['record'], [])
            key = row['record'], row['name']
            if row['name'] in wanted and WIDTH[row['type']] >= WIDTH[found.get(key, (row['type'], 0))[0]]:
                found[key] = row['type'], int(row['count'])
    made = {}
    for record, names in FIELDS.items():
        fields = [T.StructField(name, TYPES[kind]) for name, kind in HEAD]
        for name in names:
            if (record, name) in found:
                kind, count = found[record, name]
                fields.append(T.StructField(name, T.ArrayType(TYPES[kind]) if count > 1 and kind != 'char' else TYPES[kind]))
        made[record] = T.StructType(fields)
    return made


def properties(config):
    """of the consumer, as a file of Kafka's own tools has them"""
    if not config:
        return {}
    with open(config) as f:
        lines = [line.strip() for line in f]
    return dict(('kafka.' + line).split('=', 1) for line in lines if line and line[0] != '#')


class Job:
    def __init__(self, spark, args):
        self.spark, self.args = spark, args
        self.schemas = schemas(args.layout)
        self.topics = {args.topics.replace('%p', record): record for record in FIELDS}
        self.query = None
        self.silence = spark.sql('SELECT unix_millis(timestamp_millis(0) + INTERVAL %s)' % args.watermark).first()[0]

    def path(self, record, session=None):
        return '%s/records/%s%s' % (self.args.state, record, '/session_uid=' + session if session else '')

    # --- the stream

    def start(self):
        source = (self.spark.readStream.format('kafka').option('kafka.bootstrap.servers', self.args.brokers)
                  # not all years have all topics, and they come when their first record does
                  .option('subscribePattern', '|'.join(map(re.escape, self.topics))).option('startingOffsets', 'earliest')
                  .option('failOnDataLoss', 'false').options(**properties(self.args.config)))
        if self.args.batch:
            source = source.option('maxOffsetsPerTrigger', self.args.batch)
        writer = source.load().writeStream.foreachBatch(self.batch).option('checkpointLocation', self.args.state + '/checkpoint')
        trigger = {'availableNow': True} if self.args.once else {'processingTime': self.args.every}
        self.query = writer.trigger(**trigger).start()
        self.query.awaitTermination()
        if self.args.once:      # all is read
            self.close()

    def caught_up(self):
        """had the batch before this one all that there was? Where Spark does not tell, it had not"""
        done = self.query and self.query.lastProgress
        return bool(done) and all(float(source.get('metrics', {}).get('maxOffsetsBehindLatest', 1)) == 0 for source in done['sources'])

    def batch(self, messages, number):
        if self.caught_up():
            self.close()
        messages.persist()
        sessions, closed, late = set(), self.closed(), {}
        for topic, record in self.topics.items():
            rows = (messages.where(F.col('topic') == topic)
                    .select(F.from_json(F.col('value').cast('string'), self.schemas[record]).alias('r'), 'partition', 'offset')
                    .select('r.*', 'partition', 'offset', F.lit(number).cast('long').alias('batch'))
                    # behind the end of a session the game sends some once more, with frame 0; outside there is nothing to know
                    .where((F.col('session_uid') != '0' * 16) & ((F.col('frame_identifier') > 0) | F.lit(record in STATES))))
            told = dict(rows.groupBy('session_uid').count().collect())
            for session in closed & set(told):
                late[session] = late.get(session, 0) + told.pop(session)
            if told:
                (rows.where(F.col('session_uid').isin(*told)).coalesce(2).write.mode('overwrite')
                 .option('partitionOverwriteMode', 'dynamic').partitionBy('session_uid', 'batch').parquet(self.path(record)))
            sessions.update(told)
        messages.unpersist()
        if sessions:
            self.write(sorted(sessions))
        print('batch %d: %d sessions' % (number, len(sessions)), flush=True)
        for session, n in sorted(late.items()):
            print('batch %d: %d messages of session %s came when it was closed' % (number, n, session), flush=True)

    # --- what is kept of the sessions: their records, or that they are closed

    def folder(self, path):
        """Hadoop's, of any file system, and what is in it"""
        path = self.spark._jvm.org.apache.hadoop.fs.Path(path)
        files = path.getFileSystem(self.spark._jsc.hadoopConfiguration())
        return files, path, list(files.listStatus(path)) if files.exists(path) else []

    def closed(self):
        return {file.getPath().getName() for file in self.folder(self.args.state + '/closed')[2]}

    def close(self):
        """closes the sessions that are silent; what a crash left undone is done the next time"""
        heard, now = {}, time.time() * 1000
        for record in FIELDS:
            for session in self.folder(self.path(record))[2]:
                if session.isDirectory() and session.getPath().getName().startswith('session_uid='):
                    batches = [file.getModificationTime() for batch in self.folder(session.getPath().toString())[2]
                               for file in self.folder(batch.getPath().toString())[2]]
                    uid = session.getPath().getName().split('=')[1]
                    heard[uid] = max(batches + [heard.get(uid, 0)])
        closed = self.closed()
        for session in sorted(heard):
            if session in closed or now - heard[session] >= self.silence:
                files, path, _ = self.folder('%s/closed/%s' % (self.args.state, session))
                files.create(path, True).close()
                for record in FIELDS:
                    files, path, _ = self.folder(self.path(record, session))
                    files.delete(path, True)
                print('session %s: closed' % session, flush=True)

    # --- the tables

    def read(self, record, sessions):
        schema = T.StructType(self.schemas[record].fields + [
            T.StructField('partition', T.IntegerType()), T.StructField('offset', T.LongType()), T.StructField('batch', T.LongType())])
        there = [self.path(record, session) for session in sessions if self.folder(self.path(record, session))[2]]
        if not there:
            return self.spark.range(0).select(*[F.lit(None).cast(field.dataType).alias(field.name) for field in schema])
        return self.spark.read.schema(schema).option('basePath', self.path(record)).parquet(*there)

    def passes(self, record, sessions):
        """the samples of a record, each frame once, with the pass that it is of: 0 up to the first flashback"""
        order = Window.partitionBy('session_uid', 'car').orderBy('offset')
        back = F.lag('frame_identifier').over(order) - F.col('frame_identifier') > BACK
        return (self.read(record, sessions)
                .withColumn('back', F.when(back, 1).otherwise(0))
                # where there is a frame that never goes back, the difference tells the pass
                .withColumn('pass', F.coalesce(F.col('overall_frame_identifier') - F.col('frame_identifier'), F.sum('back').over(order)))
                .withColumnRenamed('frame_identifier', 'frame')
                .dropDuplicates(['session_uid', 'car', 'pass', 'frame']).drop('back', 'partition', 'offset', 'batch'))

    def tables(self, sessions):
        driven = self.passes('lap_data', sessions)
        later = Window.partitionBy('session_uid').orderBy('pass').rowsBetween(1, Window.unboundedFollowing)
        cuts = (driven.groupBy('session_uid', 'pass').agg(F.min('frame').alias('start'))
                .withColumn('cut', F.min('start').over(later)).drop('start'))
        ms = lambda name: F.coalesce(F.col(name + '_in_ms').cast('long'), F.round(F.col(name) * 1000).cast('long'))
        driven = (driven.join(F.broadcast(cuts), ['session_uid', 'pass']).where(F.col('cut').isNull() | (F.col('frame') < F.col('cut')))
                  .withColumn('now_ms', ms('current_lap_time')).withColumn('before_ms', ms('last_lap_time'))
                  .withColumn('lap', F.col('current_lap_num')).persist())
        key = ['session_uid', 'car', 'pass', 'frame']
        lap_of = driven.select(*key, 'lap', 'pit_status')
        lap = ['session_uid', 'car', 'lap']

        first = lambda *names: F.min_by(F.struct(*names), 'frame')
        last = lambda *names: F.max_by(F.struct(*names), 'frame')
        laps = driven.groupBy(*lap).agg(
            F.count('*').alias('frames'), F.min('frame').alias('first_frame'), F.max('frame').alias('last_frame'),
            first('now_ms', 'before_ms', 'pit_status', 'result_status', 'car_position').alias('f'),
            last('pit_status', 'result_status', 'car_position', 'current_lap_invalid', 'packet_format').alias('l'))
        telemetry = (self.passes('car_telemetry', sessions).join(lap_of, key).groupBy(*lap).agg(
            F.max('speed').alias('max_speed'), F.count('throttle').alias('samples'),
            F.sum(F.when(F.col('throttle') >= F.when(F.col('packet_format') == 2018, 100 * FULL).otherwise(FULL), 1).otherwise(0))
            .alias('full')))
        status = self.passes('car_status', sessions).join(lap_of, key).persist()
        tyre = [F.col(name) for name in ('visual_tyre_compound', 'tyre_visual_compound', 'tyre_compound') if name in status.columns]
        # of a lap that begins in the pits it is the tyre that it was driven on
        of_lap = lambda what: F.coalesce(F.min_by(what, F.when(F.col('pit_status') == 0, F.col('frame'))), F.min_by(what, 'frame'))
        tanks = status.groupBy(*lap).agg(F.max_by('fuel_in_tank', 'frame').alias('fuel_in_tank'),
                                         of_lap(F.coalesce(*tyre)).alias('tyre'), of_lap(F.col('tyres_age_laps')).alias('tyre_age'))
        wear = lambda rows: rows.select(*lap, 'frame', F.col('tyres_wear').cast('array<float>').alias('tyres_wear'))
        worn = (wear(self.passes('car_damage', sessions).join(lap_of, key)).unionByName(wear(status))
                .where(F.col('tyres_wear').isNotNull()).groupBy(*lap).agg(F.max_by('tyres_wear', 'frame').alias('wear')))
        told = (self.read('lap_history', sessions).where(F.col('lap_time_in_ms') > 0)
                .groupBy('session_uid', 'car', F.col('lap_num').alias('lap'))
                .agg(F.max_by('lap_time_in_ms', 'offset').alias('told_ms'), F.max_by('lap_valid_bit_flags', 'offset').alias('flags')))
        # who does not show it sends zeros
        hidden = (self.read('participants', sessions).groupBy('session_uid', 'car')
                  .agg(F.max_by((F.col('your_telemetry') == 0) & (F.col('car') != F.col('player_car_index')), 'offset').alias('hidden')))
        # at the beginning of a lap, so that of the one before at its end
        placed = (self.read('lap_positions', sessions).groupBy('session_uid', 'car', (F.col('lap_num') - 1).alias('lap'))
                  .agg(F.max_by('position', 'offset').alias('placed')))

        by_lap = Window.partitionBy('session_uid', 'car').orderBy('lap')
        following = F.lead('lap').over(by_lap) == F.col('lap') + 1
        at_line = following & (F.lead('f.now_ms').over(by_lap) < 2000)
        laps = (laps.join(telemetry, lap, 'left').join(tanks, lap, 'left').join(worn, lap, 'left').join(told, lap, 'left')
                .join(placed, lap, 'left').join(hidden, ['session_uid', 'car'], 'left')
                .withColumn('fuel_in_tank', F.expr('IF(hidden, NULL, fuel_in_tank)')).withColumn('wear', F.expr('IF(hidden, NULL, wear)'))
                .withColumn('tyre_age', F.expr('IF(hidden AND l.packet_format = 2020, NULL, tyre_age)'))    # that year hides it, too
                .withColumn('next_ms', F.when(following, F.lead('f.before_ms').over(by_lap)))
                .withColumn('done', F.coalesce(following, F.lit(False)) | (F.col('l.result_status') > 2))
                # null if nobody saw it end
                .withColumn('in_lap', (F.col('l.pit_status') > 0) | F.when(at_line, F.lead('f.pit_status').over(by_lap) > 0))
                .withColumn('place', F.coalesce(F.when(following & (F.col('placed') > 0), F.col('placed')),
                                                F.when(at_line, F.lead('f.car_position').over(by_lap)),
                                                F.when(F.col('l.result_status') > 2, F.col('l.car_position'))))
                .withColumn('fuel_used', F.when(F.lag('lap').over(by_lap) == F.col('lap') - 1,
                                                F.lag('fuel_in_tank').over(by_lap) - F.col('fuel_in_tank')))
                # behind the flag the number of the lap goes on
                .where((F.col('f.result_status') < 3) & (F.col('lap') > 0))
                .withColumn('stint', 1 + F.coalesce(F.sum(F.col('in_lap').cast('int')).over(
                    by_lap.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0))))
        uid = F.conv('session_uid', 16, -10).cast('long').alias('session_uid')      # signed, as f1-pg's
        wheel = lambda n, name: F.col('wear')[n].alias('tyres_wear_' + name)
        laps = laps.select(
            uid, 'car', F.col('lap').alias('lap_num'), F.col('l.packet_format').alias('packet_format'),
            F.when(F.col('done'), F.coalesce('told_ms', F.when(F.col('next_ms') > 0, F.col('next_ms')))).alias('lap_ms'),
            F.coalesce(F.col('flags').bitwiseAND(1) == 1, F.col('l.current_lap_invalid') == 0).alias('valid'),
            F.col('place').cast('short').alias('position'), 'in_lap', F.col('stint').cast('int').alias('stint'), 'tyre', 'tyre_age',
            F.col('frames').cast('int').alias('frames'), 'first_frame', 'last_frame', 'max_speed',
            (F.col('full') / F.col('samples')).alias('full_throttle'), 'fuel_in_tank', 'fuel_used',
            wheel(0, 'rl'), wheel(1, 'rr'), wheel(2, 'fl'), wheel(3, 'fr')).persist()
        stints = laps.groupBy('session_uid', 'car', 'stint').agg(
            F.min('lap_num').alias('first_lap'), F.max('lap_num').alias('last_lap'), F.count('*').cast('int').alias('laps'),
            F.min_by('tyre', 'lap_num').alias('tyre'), F.min_by('tyre_age', 'lap_num').alias('tyre_age'),
            F.min(F.when(F.col('valid'), F.col('lap_ms'))).alias('best_ms'), F.sum('fuel_used').cast('float').alias('fuel_used'))
        return {'laps': (laps, ['session_uid', 'car', 'lap_num']), 'stints': (stints, ['session_uid', 'car', 'stint'])}

    def write(self, sessions):
        """staging tables first, then one transaction that puts their rows in place of those of these sessions"""
        schema = self.args.schema
        uids = ', '.join(str(int(s, 16) - (1 << 64 if int(s, 16) >> 63 else 0)) for s in sessions)
        merge = []
        self.execute(['CREATE SCHEMA IF NOT EXISTS %s' % schema])
        for name, (rows, key) in self.tables(sessions).items():
            table, staging = '%s.%s' % (schema, name), '%s.%s_staging' % (schema, name)
            (rows.coalesce(1).write.format('jdbc').option('url', self.args.url).option('dbtable', staging)
             .option('driver', 'org.postgresql.Driver').mode('overwrite').save())
            others = [c for c in rows.columns if c not in key]
            merge += [
                'CREATE TABLE IF NOT EXISTS %s (LIKE %s, PRIMARY KEY (%s))' % (table, staging, ', '.join(key)),
                'DELETE FROM %s t WHERE session_uid IN (%s) AND NOT EXISTS (SELECT FROM %s n WHERE (%s) = (%s))' % (
                    table, uids, staging, ', '.join('n.' + c for c in key), ', '.join('t.' + c for c in key)),
                'INSERT INTO %s AS t (%s) SELECT %s FROM %s ON CONFLICT (%s) DO UPDATE SET %s WHERE (%s) IS DISTINCT FROM (%s)' % (
                    table, ', '.join(rows.columns), ', '.join(rows.columns), staging, ', '.join(key),
                    ', '.join('%s = excluded.%s' % (c, c) for c in others),
                    ', '.join('t.' + c for c in others), ', '.join('excluded.' + c for c in others))]
        self.execute(merge)
        self.spark.catalog.clearCache()

    def execute(self, statements):
        jvm = self.spark._jvm
        driver = jvm.java.lang.Thread.currentThread().getContextClassLoader().loadClass('org.postgresql.Driver').newInstance()
        connection = driver.connect(self.args.url, jvm.java.util.Properties())
        try:
            connection.setAutoCommit(False)
            statement = connection.createStatement()
            for text in statements:
                statement.execute(text)
            connection.commit()
        finally:
            connection.close()


def main():
    p = argparse.ArgumentParser(description='f1-kafka topics to laps and stints in PostgreSQL')
    p.add_argument('--brokers', default='localhost:9092', help='HOST:PORT,...')
    p.add_argument('--config', metavar='FILE', help="more of the consumer, lines of NAME=VALUE in Kafka's own names (SASL, TLS)")
    p.add_argument('--topics', default='f1.%p', help='as f1-kafka --topic, with %%p only')
    p.add_argument('--url', required=True, help='jdbc:postgresql://HOST/DB?user=…; a password belongs into ~/.pgpass')
    p.add_argument('--schema', default='f1_spark', help='schema of the tables')
    p.add_argument('--state', required=True, help='folder or URL for the checkpoint and the records')
    p.add_argument('--layout', required=True, help='a file of what f1-decode --layout prints')
    p.add_argument('--every', default='30 seconds', help='how often (default 30 seconds)')
    p.add_argument('--watermark', default='1 day', help='sessions that are silent for so long are closed (default 1 day)')
    p.add_argument('--batch', type=int, help='messages in a batch, at most')
    p.add_argument('--once', action='store_true', help='end when all that is there is done')
    args = p.parse_args()
    spark = SparkSession.builder.appName('f1').config('spark.sql.session.timeZone', 'UTC').getOrCreate()
    spark.sparkContext.setLogLevel('ERROR')
    Job(spark, args).start()


main()
