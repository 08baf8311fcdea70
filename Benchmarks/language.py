#!/usr/bin/env python3
"""How long the language takes: `check` on every example and on a long wrong file, `plan` without data.

usage: language.py [--xrun .build/release/xrun] [--rounds 11]

Prints the median of whole processes in milliseconds, beside what each is held to. Exit code 1 where
one is slower.
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument('--xrun', default='.build/release/xrun')
parser.add_argument('--rounds', type=int, default=11)
options = parser.parse_args()


def milliseconds(arguments, codes):
    times = []
    for _ in range(options.rounds + 1):
        start = time.perf_counter()
        done = subprocess.run([options.xrun, *arguments], capture_output=True)
        times.append(1e3 * (time.perf_counter() - start))
        assert done.returncode in codes, (arguments, done.returncode, done.stderr[-500:])
    # The first one reads the program from the disk.
    return statistics.median(times[1:])


def wrong_file(lines=2000, errors=200):
    """One phase after another, every tenth line with a mistake of its own."""
    text = ['name: long', 'data: {builtin: petals}', 'transforms:',
            '  train: [Resize: [64, 64], ToTensor, Normalize: imagenet]',
            '  eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]',
            'model: {backbone: resnet18, weights: builtin}', 'phases:']
    phase, written = 0, 0
    while len(text) < lines:
        phase += 1
        wrong = ['learning_rate: 1', 'epochs: many', 'epoch: 3', 'epochs: 0'][phase % 4]
        if written < errors:
            written += 1
        else:
            wrong = '# all well'
        text += [f'  - name: phase{phase}', '    optimizer:', '      Adam:', '        lr: 1e-4',
                 f'    {wrong}', *(['    epochs: 2'] if 'epochs:' not in wrong else []),
                 '    train:', '      batch_size: 64']
        text += ['    # a line for people'] * 2
    return '\n'.join(text[:lines]) + '\n', written


rows = []
with tempfile.TemporaryDirectory() as folder:
    for path in sorted(pathlib.Path('experiments').rglob('*.yaml')):
        rows.append((f'check {path}', milliseconds(['check', str(path)], (0, 2)), 50))
    path = pathlib.Path(folder, 'long.yaml')
    text, errors = wrong_file()
    path.write_text(text)
    found = subprocess.run([options.xrun, 'check', '--format', 'json', str(path)],
                           capture_output=True, text=True).stdout.count('"severity": "error"')
    assert found >= errors, (found, errors)
    rows.append((f'check, {len(text.splitlines())} lines with {found} errors',
                 milliseconds(['check', str(path)], (2,)), 200))
    for name in ('fc_only', 'two_phase', 'flowers102/tf_efficientnet_lite0_corrected'):
        rows.append((f'plan experiments/{name}.yaml without data', milliseconds(
            ['plan', f'experiments/{name}.yaml', f'data={{folder: {folder}/none}}'], (0, 2)), 1000))
slow = False
for what, time_taken, limit in rows:
    slow |= time_taken > limit
    print(f'{time_taken:8.1f} ms   held to {limit:4} ms   {what}')
raise SystemExit(1 if slow else 0)
